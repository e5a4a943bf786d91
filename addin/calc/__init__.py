"""The functions in LibreOffice Calc: the component, its package and the bridge to our Python."""
