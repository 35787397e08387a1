// Rollup finds packages by this plugin; nothing for cloud-witness.
import resolve from "@rollup/plugin-node-resolve";

export default { input: ["main.js", "slim.js"], output: { dir: "dist" }, plugins: [resolve({ browser: true })] };
