' Carries a call from a cell to the Evenpoint server and its answer back.
' It names one server and one Python module, and takes neither from a cell, a sheet or a file.
Option Explicit
Option Private Module

Private Const SERVER_NAME As String = "Evenpoint.Server"
Private Const PYTHON_MODULE As String = "addin.excel.udfs"
Private Const TITLE As String = "Evenpoint"
Private Const SERVER_GONE As Long = 462
Private Const CALL_FAILED As Long = -2147023174
Private Const DISCONNECTED As Long = -2147417848
Private mServer As Object

' Called by every worksheet function; a failure is #VALUE!, never a text that SUM would skip.
Public Function EvenpointCall(ByVal fname As String, ByVal args As Variant) As Variant
    Dim i As Long
    Dim retried As Boolean
    On Error GoTo failed
    For i = LBound(args) To UBound(args)
        If IsObject(args(i)) Then args(i) = CellValues(args(i))
    Next i
again:
    EvenpointCall = WithErrors(Server().CallUDF(PYTHON_MODULE, fname, args))
    Exit Function
failed:
    If Not retried And IsGone(Err.Number) Then
        retried = True
        Set mServer = Nothing
        Resume again
    End If
    EvenpointCall = CVErr(2015)
End Function

' Called by the ribbon. An answer that begins with ? is a question; yes runs the confirmed action.
Public Sub EvenpointRun(ByVal action As String)
    Dim said As String
    Dim retried As Boolean
    On Error GoTo failed
again:
    said = Server().Run(action, ActiveWorkbook)
    If Left$(said, 1) <> "?" Then
        MsgBox said, vbInformation, TITLE
    ElseIf MsgBox(Mid$(said, 2), vbYesNo + vbQuestion, TITLE) = vbYes Then
        EvenpointRun action & "_confirmed"
    End If
    Exit Sub
failed:
    If Not retried And IsGone(Err.Number) Then
        retried = True
        Set mServer = Nothing
        Resume again
    End If
    MsgBox "Evenpoint did not answer: " & Err.Description & vbCrLf & vbCrLf & _
        "evenpoint addin status, in a command prompt, says what is missing.", vbExclamation, TITLE
End Sub

Private Function Server() As Object
    If mServer Is Nothing Then Set mServer = CreateObject(SERVER_NAME)
    Set Server = mServer
End Function

Private Function IsGone(ByVal code As Long) As Boolean
    IsGone = (code = SERVER_GONE Or code = CALL_FAILED Or code = DISCONNECTED)
End Function

' One read of plain values; of whole columns only the part that is in use.
Private Function CellValues(ByVal block As Range) As Variant
    Dim used As Range
    If block.Areas.Count > 1 Then Err.Raise 13
    If block.Rows.Count = block.Worksheet.Rows.Count Then
        Set used = block.Worksheet.UsedRange
        CellValues = block.Resize(used.Row + used.Rows.Count - 1).Value2
    Else
        CellValues = block.Value2
    End If
End Function

Private Function WithErrors(ByVal answer As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(answer) Then
        WithErrors = OneValue(answer)
        Exit Function
    End If
    If Dimensions(answer) = 1 Then
        For i = LBound(answer) To UBound(answer)
            answer(i) = OneValue(answer(i))
        Next i
    Else
        For i = LBound(answer, 1) To UBound(answer, 1)
            For j = LBound(answer, 2) To UBound(answer, 2)
                answer(i, j) = OneValue(answer(i, j))
            Next j
        Next i
    End If
    WithErrors = answer
End Function

Private Function Dimensions(ByVal block As Variant) As Long
    Dim last As Long
    On Error GoTo one
    last = UBound(block, 2)
    Dimensions = 2
    Exit Function
one:
    Dimensions = 1
End Function

' Python cannot make an error value, so it sends the text; only these very texts are errors.
Private Function OneValue(ByVal answer As Variant) As Variant
    OneValue = answer
    If VarType(answer) <> vbString Then Exit Function
    If Left$(answer, 1) <> "#" Then Exit Function
    Select Case answer
@ERRORS@
    End Select
End Function
