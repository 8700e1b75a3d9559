/* Parses scripts as ES2018, what phones of 2018 understand. node parse.js MODULES FILE ...  Prints one line a fault. */
"use strict";
const fs = require("fs");
const path = require("path");
const acorn = require(path.join(process.argv[2], "acorn"));
for (const file of process.argv.slice(3)) {
  try {
    acorn.parse(fs.readFileSync(file, "utf8"), { ecmaVersion: 2018, sourceType: "script" });
  } catch (error) {
    console.log(`${file}: ${error.message}`);
  }
}
