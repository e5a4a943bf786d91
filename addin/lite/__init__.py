"""The functions in xlwings Lite: the program inside a workbook, for Windows, Mac and the web."""
