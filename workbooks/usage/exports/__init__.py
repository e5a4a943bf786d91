"""An export as a file: its layout, its columns, cells and spans; nothing is added up."""
