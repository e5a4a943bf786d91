// Run run.py of a folder in Pyodide with numpy and scipy: node pyodide.mjs PYODIDE FOLDER
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, "pyodide.mjs")));
const python = await loadPyodide();
await python.loadPackage(["numpy", "scipy"], { messageCallback: () => {} });
python.FS.mkdir("/given");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/given");
python.FS.chdir("/given");
python.runPython(fs.readFileSync(path.join(folder, "run.py"), "utf8"));
