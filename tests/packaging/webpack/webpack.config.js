// Two pages instead of one; nothing for cloud-witness.
export default {
  mode: "production",
  entry: { main: "./main.js", slim: "./slim.js" },
  output: { path: `${import.meta.dirname}/dist` },
  performance: { hints: false },
};
