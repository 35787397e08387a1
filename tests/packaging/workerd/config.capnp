using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "slim", worker = .slim)],
  sockets = [(name = "main", http = (), service = "main"), (name = "slim", http = (), service = "slim")],
);

# An old date: what newer workers have besides is not needed.
const main :Workerd.Worker = (compatibilityDate = "2024-01-01", modules = [
  (name = "main.js", esModule = embed "dist/main.js"),
  (name = "cloud_witness_bg.wasm", wasm = embed "dist/cloud_witness_bg.wasm"),
]);
const slim :Workerd.Worker = (compatibilityDate = "2024-01-01", modules = [
  (name = "slim.js", esModule = embed "dist/slim.js"),
  (name = "cloud_witness_bg.wasm", wasm = embed "dist/cloud_witness_bg.wasm"),
]);
