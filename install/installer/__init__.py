"""The double-click installer for Windows, built on Linux: ``python -m install.installer.build``."""
