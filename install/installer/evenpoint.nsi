; Installs Evenpoint for the current user, with a Python of its own; needs no administrator.
; Everything that Excel and Windows must know is done by `evenpoint addin install`, and undone by
; `evenpoint addin uninstall`, which keep a record of it. This script only adds files and the
; entry in Settings, Apps.

Target amd64-unicode
Name "Evenpoint"
OutFile "${OUT}"
RequestExecutionLevel user
SetCompressor /SOLID zlib
InstallDir "$LOCALAPPDATA\Evenpoint"
ShowInstDetails show
ShowUninstDetails show
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

!define APPS "Software\Microsoft\Windows\CurrentVersion\Uninstall\Evenpoint"
!define COMMAND '"$INSTDIR\python\python.exe" -B -I -X utf8 -m install.command addin'
!define RECORD "$LOCALAPPDATA\Evenpoint\installed.json"

!macro StopIfBusy
  ClearErrors
  IfFileExists "$INSTDIR\python\pythonw.exe" 0 +5
  Delete "$INSTDIR\python\pythonw.exe"
  IfErrors 0 +3
  MessageBox MB_OK|MB_ICONEXCLAMATION "Excel is using Evenpoint. Close Excel and try again." /SD IDOK
  Abort "Excel is using Evenpoint. Close Excel and try again."
!macroend

Section
  !insertmacro StopIfBusy
  RMDir /r "$INSTDIR\python"
  SetOutPath "$INSTDIR\python"
  File /r "${PYTHON}/*"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${APPS}" "DisplayName" "Evenpoint"
  WriteRegStr HKCU "${APPS}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${APPS}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${APPS}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${APPS}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${APPS}" "NoModify" 1
  WriteRegDWORD HKCU "${APPS}" "NoRepair" 1
  nsExec::ExecToStack '${COMMAND} install'
  Pop $0
  Pop $1
  DetailPrint "$1"
  StrCmp $0 "0" done
  MessageBox MB_OK|MB_ICONEXCLAMATION "$1" /SD IDOK
  SetErrorLevel 2
  Abort "The add-in was not installed."
  done:
SectionEnd

Section "Uninstall"
  IfFileExists "${RECORD}" 0 files
  nsExec::ExecToStack '${COMMAND} uninstall'
  Pop $0
  Pop $1
  DetailPrint "$1"
  StrCmp $0 "0" files
  MessageBox MB_OK|MB_ICONEXCLAMATION "$1" /SD IDOK
  SetErrorLevel 2
  Abort "Nothing was removed."
  files:
  !insertmacro StopIfBusy
  RMDir /r "$INSTDIR\python"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${APPS}"
  DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall"
SectionEnd
