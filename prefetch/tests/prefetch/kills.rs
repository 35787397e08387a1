//! Kills during the write: the file is always the old bundle or the new one, whole.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::world::{NOW, Place, world};

/// Set in the process that is to be killed: the file that it writes.
const VICTIM: &str = "PREFETCH_TEST_VICTIM";
const KILLS: u64 = 50;

/// Two bundles of several megabytes, so that a write takes a while.
fn texts() -> [String; 2] {
    [0, 1].map(|turn| {
        let mut bundle = world();
        bundle.fetched_at = NOW + turn;
        // JSON takes white space at its end.
        let text = bundle.to_json();
        format!("{text}{}", " ".repeat(8 * 1024 * 1024))
    })
}

/// No test of its own: what the victim does. Without the variable it does nothing.
#[test]
fn victim() {
    let Some(file) = std::env::var_os(VICTIM) else {
        return;
    };
    let texts = texts();
    for turn in 0..10_000 {
        prefetch::store::replace(file.as_ref(), texts[turn % 2].as_bytes()).unwrap();
    }
}

#[test]
fn fifty_kills_during_the_write_leave_a_whole_bundle() {
    let place = Place::empty();
    let texts = texts();
    std::fs::write(place.file(), &texts[0]).unwrap();
    let mut in_the_middle = 0;
    let mut kills = 0;
    // On any computer some of fifty land in the middle, or the test shows nothing; on a busy one, some of more.
    while kills < KILLS || in_the_middle == 0 {
        assert!(kills < 20 * KILLS, "no kill landed in a write");
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::victim", "--test-threads=1"])
            .env(VICTIM, place.file())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From before the first write to somewhere in the middle of a later one.
        std::thread::sleep(Duration::from_millis(20 + kills % (4 * KILLS) * 7));
        victim.kill().unwrap();
        victim.wait().unwrap();
        let text = place.text().expect("the file is gone");
        assert!(
            texts.contains(&text),
            "kill {kills} left {} bytes",
            text.len()
        );
        cloud_witness::Bundle::parse(text.as_bytes()).unwrap();
        for entry in std::fs::read_dir(place.folder()).unwrap().flatten() {
            if entry.path() != place.file() {
                in_the_middle += 1;
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        kills += 1;
    }
    println!(
        "{kills} kills, {in_the_middle} of them in the middle of a write: the bundle was whole after each"
    );
}
