//! `bench-native SAMPLES AT ROUNDS`: how long the engine takes by itself, native, with ring. Prints JSON.

use std::path::Path;
use std::time::Instant;

use dcap_qvl::QuoteCollateralV3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [samples, at, rounds] = arguments.as_slice() else {
        panic!("bench-native SAMPLES AT ROUNDS");
    };
    let (at, rounds): (u64, usize) = (at.parse().unwrap(), rounds.parse().unwrap());
    let report: serde_json::Map<String, serde_json::Value> = ["sgx_quote", "tdx_quote"]
        .into_iter()
        .map(|name| {
            let folder = Path::new(samples);
            let quote = std::fs::read(folder.join(name)).unwrap();
            let text = std::fs::read_to_string(folder.join(format!("{name}_collateral.json"))).unwrap();
            let mut times: Vec<f64> = (0..rounds)
                .map(|_| {
                    let start = Instant::now();
                    // The collateral's text is read each time, as it is by the packages.
                    let collateral: QuoteCollateralV3 = serde_json::from_str(&text).unwrap();
                    dcap_qvl::verify::ring::verify(&quote, &collateral, at).unwrap();
                    start.elapsed().as_secs_f64() * 1000.0
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            (name.to_owned(), serde_json::json!({ "median": at(0.5), "p10": at(0.1) }))
        })
        .collect();
    println!("{}", serde_json::Value::Object(report));
}
