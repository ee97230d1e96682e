/** What a data directory holds, by name. */
export const CONTROL_FILE = "control.sqlite";
/** Not `rollcall.duckdb`: a catalog of that name would hide the schema `rollcall`. */
export const WAREHOUSE_FILE = "warehouse.duckdb";
/** Directories of files that are being sent to somebody: what a process that died left of them is removed at the next start. */
export const DOWNLOAD_PREFIX = "download-";
