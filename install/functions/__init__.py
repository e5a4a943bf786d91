"""The functions as pages, lists and LAMBDAs: what is written from the catalogue for readers."""
