//! `xtask-bind WASM FOLDER`: the wasm that cargo built, with its glue, and once more inside a module. (O28: the same wasm
//! gives the same bytes.)

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::{Compression, write::GzEncoder};
use wasm_bindgen_cli_support::Bindgen;

const WASM: &str = "cloud_witness_bg.wasm";
const INLINE: &str = "inline.js";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bind: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [wasm, folder] = arguments.as_slice() else {
        bail!("usage: xtask-bind WASM FOLDER");
    };
    let (wasm, folder) = (Path::new(wasm), Path::new(folder));
    std::fs::create_dir_all(folder)?;
    bind(wasm, folder).with_context(|| format!("wasm-bindgen over {}", wasm.display()))?;
    inline(folder)
}

fn bind(wasm: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("cloud_witness")
        .web(true)?
        .typescript(false)
        // core.js hands over the module itself; the glue need not know where it lies.
        .omit_default_module_path(true)
        // O3: core.js makes the instance anew after a trap.
        .reset_state_function(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}

/// The same wasm once more, gzipped inside a module, for bundlers that leave a file beside a module behind.
fn inline(folder: &Path) -> Result<()> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&std::fs::read(folder.join(WASM))?)?;
    let text = BASE64_STANDARD.encode(packed.finish()?);
    std::fs::write(
        folder.join(INLINE),
        format!("// {WASM}, gzip in base64.\nexport default \"{text}\";\n"),
    )
    .with_context(|| format!("writing {INLINE}"))
}
