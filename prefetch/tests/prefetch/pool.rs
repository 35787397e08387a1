//! What Intel's service gave over the years, when the folder that holds it is at hand: the environment variable
//! `CLOUD_WITNESS_CORPUS` names it. Nothing of it is part of this project.

use std::collections::BTreeMap;
use std::path::Path;

use cloud_witness::collateral::piece::{Key, Piece};
use cloud_witness::{Bundle, Verifier};
use prefetch::summary::{STATUS_NOTHING, Summary};

use crate::shelf::{FMSPCS, intel};
use crate::standin::{Reply, StandIn};
use crate::world::{Place, plan};

/// Every piece of the pool that version 4 of the service could have given, with its chain.
fn pool() -> Option<Vec<Piece>> {
    let Some(corpus) = std::env::var_os("CLOUD_WITNESS_CORPUS") else {
        println!("CLOUD_WITNESS_CORPUS is not set: no pool to serve");
        return None;
    };
    let mut pieces = harness::pool::pieces(Path::new(&corpus));
    // Version 2 of TCB info belongs to earlier versions of the service.
    pieces.retain(|piece| {
        !matches!(piece.key, Key::TcbInfo(..))
            || piece.facts().is_some_and(|facts| facts.version == 3)
    });
    // The pool has both of Intel's channels; what is asked for here is `update=standard`. A piece whose number
    // is above that of one issued later came early.
    let number = |piece: &Piece| {
        piece
            .facts()
            .and_then(|facts| facts.tcb_evaluation_data_number)
    };
    let early: Vec<bool> = pieces
        .iter()
        .map(|piece| {
            pieces.iter().any(|later| {
                later.key == piece.key
                    && later.window.from > piece.window.from
                    && number(later) < number(piece)
            })
        })
        .collect();
    let mut early = early.into_iter();
    pieces.retain(|_| early.next() == Some(false));
    Some(pieces)
}

/// What the service gave at a moment: of each key the newest that was issued and had not ended.
fn at(pool: &[Piece], now: u64) -> Bundle {
    let mut newest: BTreeMap<Key, &Piece> = BTreeMap::new();
    for piece in pool
        .iter()
        .filter(|piece| piece.window.holds(now) && piece.valid_until() >= now)
    {
        let known = newest.entry(piece.key).or_insert(piece);
        let number = |piece: &Piece| {
            piece
                .facts()
                .and_then(|facts| facts.tcb_evaluation_data_number)
        };
        if (number(piece), piece.window.from) > (number(known), known.window.from) {
            *known = piece;
        }
    }
    let mut bundle = Bundle::new(now, "the pool".to_owned());
    for piece in newest.into_values() {
        bundle.put(piece.clone());
    }
    bundle
}

/// A run on each day on which the newest TCB info of some kind of platform was issued: at the end the bundle
/// has the newest of every kind.
#[test]
fn the_pool_of_real_pieces_is_fetched_and_fits() {
    let Some(pool) = pool() else { return };
    let mut newest: BTreeMap<Key, u64> = BTreeMap::new();
    for piece in &pool {
        if matches!(piece.key, Key::TcbInfo(..)) {
            let known = newest.entry(piece.key).or_default();
            *known = piece.window.from.max(*known);
        }
    }
    let mut days: Vec<u64> = newest.values().copied().collect();
    days.sort_unstable();
    days.dedup();

    let place = Place::empty();
    let every_fmspc: Vec<String> = newest
        .keys()
        .filter_map(|key| match key {
            Key::TcbInfo(_, fmspc) => Some(format!(
                "{{\"fmspc\":\"{}\",\"platform\":\"E5\"}}",
                hex::encode_upper(fmspc)
            )),
            _ => None,
        })
        .collect();
    let mut runs: Vec<Summary> = Vec::new();
    for day in &days {
        // A minute later, since clocks differ.
        let now = day + 60;
        let mut answers = intel(&at(&pool, now));
        let list = Reply {
            body: format!("[{}]", every_fmspc.join(",")).into_bytes(),
            ..Reply::status(200)
        };
        answers.insert(
            FMSPCS.to_owned(),
            vec![list.with("Content-Type", "application/json")],
        );
        let server = StandIn::over_tls(answers);
        let summary = prefetch::run(
            &place.file(),
            &plan(&server),
            &Verifier::production(),
            now,
            &|_| {},
        );
        assert_ne!(summary.status, STATUS_NOTHING, "{}", summary.text());
        for stale in &summary.stale {
            // What the pool has not is 404 in the stand-in; nothing real fails otherwise.
            assert_eq!(stale.code, "NOT_FOUND", "{}", summary.text());
        }
        runs.push(summary);
    }

    let bundle = place.bundle();
    for (key, issued) in &newest {
        assert_eq!(
            bundle.get(*key).map(|piece| piece.window.from),
            Some(*issued),
            "{key}"
        );
    }
    let text = place.text().unwrap();
    let view = bundle.view();
    let compressed = brotli(text.as_bytes());
    println!(
        "{} runs with {} requests over TLS in {:.1} s; {} FMSPCs, {} TCB infos ({} SGX, {} TDX), {} pieces: \
         {} bytes, {compressed} with Brotli",
        runs.len(),
        runs.iter().map(|run| run.requests).sum::<u32>(),
        runs.iter().map(|run| run.seconds).sum::<f64>(),
        view.fmspcs,
        newest.len(),
        view.sgx,
        view.tdx,
        view.pieces.len(),
        text.len(),
    );
    assert!(compressed <= 250_000, "{compressed}");
}

fn brotli(bytes: &[u8]) -> usize {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(
        &mut std::io::Cursor::new(bytes),
        &mut compressed,
        &parameters,
    )
    .unwrap();
    compressed.len()
}
