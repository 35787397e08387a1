// Two pages instead of one; nothing for cloud-witness.
export default { build: { target: "esnext", rollupOptions: { input: ["index.html", "slim.html"] } } };
