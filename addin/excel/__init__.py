"""The functions in Excel for Windows: UDFs, VBA wrappers, ribbon and COM server."""
