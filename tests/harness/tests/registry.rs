//! Lists of machines, and enrolment by two hands: what holds, and every way in which it does not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

use cloud_witness::ceremony::envelope::Signed;
use cloud_witness::ceremony::record::Addendum;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::ceremony::{addendum, attach};
use cloud_witness::registry::check::{Against, CheckId, EnrolmentReport, Proposed, check};
use cloud_witness::registry::enrol::{Ask, csv_line, enrol};
use cloud_witness::registry::list::{MAX_FINDINGS, MAX_LIST, Machine};
use cloud_witness::registry::patch::{Author, Patch};
use cloud_witness::registry::{self, Code, KNOWN, REVOKED, Registry, SIGNERS};
use cloud_witness::report::{FindingOutcome, Outcome, Verdict};
use cloud_witness::rows::Row as _;
use ed25519_dalek::Signer as _;
use harness::ceremony::{Ceremony, PEOPLE, key, key_line, sign_raw, signers, verifier};
use harness::registry::{
    AUTHOR, LIST, RECORDING, Repository, TAMPERED, base, check_folders, check_patch, head,
    proposed, record, recorded, silent_third, text,
};

fn list(text: &str) -> Registry {
    Registry::parse(&[text.as_bytes()]).unwrap()
}

/// What is wrong with a list: outcome, code and place of each finding.
fn wrong(text: &str) -> Vec<(FindingOutcome, Code, String)> {
    let findings = list(text).view().findings.into_iter();
    findings
        .map(|finding| (finding.outcome, finding.code, finding.place))
        .collect()
}

fn unusable(text: &str) -> Code {
    match &wrong(text)[..] {
        [(FindingOutcome::Fail, code, _)] => *code,
        other => panic!("{text}: {other:?}"),
    }
}

fn remark(text: &str) -> Code {
    let list = list(text);
    assert_eq!((list.len(), list.unusable()), (1, 0), "{text}");
    match &list.view().findings[..] {
        [only] => only.code,
        other => panic!("{text}: {other:?}"),
    }
}

const PPID: &str = "811dca2a26b952e85bb6448b097ba4fd";
const OTHER: &str = "00112233445566778899aabbccddeeff";

// Lists.

#[test]
fn an_id_that_is_none_is_named_by_its_line() {
    for (line, code) in [
        (",label", Code::IdEmpty),
        ("intel:sgx:ppid:", Code::IdEmpty),
        ("811dca2a26b952e85bb6448b097ba4f,label", Code::IdOddDigits),
        ("811dca2a26b952e85bb6448b097ba4,label", Code::IdLength),
        ("811dca2a26b952e85bb6448b097ba4fd00,label", Code::IdLength),
        ("xx1dca2a26b952e85bb6448b097ba4fd,label", Code::IdNotHex),
        ("８11dca2a26b952e85bb6448b097ba4fd,label", Code::IdNotHex),
        ("0x811dca2a26b952e85bb6448b097ba4fd,label", Code::IdNotHex),
        ("*,label", Code::IdNotHex),
        ("\"811dca2a26b952e85bb6448b097ba4fd\",label", Code::IdNotHex),
        (
            "intel:sgx:fmspc:811dca2a26b952e85bb6448b097ba4fd",
            Code::IdSchemeUnknown,
        ),
        (
            "arm:cca:ppid:811dca2a26b952e85bb6448b097ba4fd",
            Code::IdSchemeUnknown,
        ),
        ("intel:sgx:ppid:811dca2a26b952e8,label", Code::IdLength),
        (
            "amd:snp:chipid:811dca2a26b952e85bb6448b097ba4fd,label",
            Code::IdLength,
        ),
    ] {
        assert_eq!(unusable(line), code, "{line}");
    }
    let text = format!("# comment\n\n{PPID},good\nzz,bad\n{PPID:?},bad\n");
    let places: Vec<String> = wrong(&text).into_iter().map(|(.., place)| place).collect();
    assert_eq!(places, ["line 4", "line 5"]);
    assert_eq!((list(&text).len(), list(&text).unusable()), (1, 2));
}

#[test]
fn a_prefix_counts_only_where_its_length_is_declared_and_not_short() {
    for declared in [
        "0", "2", "14", "15", "17", "32", "64", "", "-16", "many", "16 ",
    ] {
        let findings = wrong(&format!("# prefix-digits: {declared}\n"));
        let is_accepted = findings.is_empty();
        assert_eq!(
            is_accepted,
            declared.trim() == "16",
            "{declared}: {findings:?}"
        );
        if !is_accepted {
            assert_eq!(findings[0].1, Code::PrefixLength);
        }
    }
    let short = &PPID[..16];
    assert_eq!(unusable(&format!("{short},undeclared")), Code::IdLength);
    assert_eq!(
        list(&format!("# Prefix-Digits: 16\n{short},declared")).unusable(),
        0
    );
    // A declaration holds for what follows it, in its own file.
    assert_eq!(
        list(&format!("{short},early\n# prefix-digits: 16\n")).unusable(),
        1
    );
    let other = format!("{short},x");
    let both = Registry::parse(&[b"# prefix-digits: 16\n", other.as_bytes()]).unwrap();
    assert_eq!((both.len(), both.unusable()), (0, 1));
    assert_eq!(both.view().findings[0].place, "file 2, line 1");
}

#[test]
fn a_label_that_a_spreadsheet_would_run_is_shown_as_text_and_remarked() {
    for label in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "=HYPERLINK(\"https://x\";\"y\")",
    ] {
        let text = format!("{PPID},{label}");
        assert_eq!(remark(&text), Code::LabelFormula, "{label}");
        assert_eq!(list(&text).search("", 0, 9).entries[0].label, label);
        let written = csv_line(PPID, label);
        assert!(
            written.starts_with(&format!("{PPID},'"))
                || written.starts_with(&format!("{PPID},\"'")),
            "{written}"
        );
        assert!(list(&written).view().findings.is_empty(), "{written}");
    }
    assert_eq!(
        csv_line(PPID, "a, \"b\""),
        format!("{PPID},\"a, \"\"b\"\"\"")
    );
}

#[test]
fn a_label_that_steers_a_terminal_or_is_not_seen_is_remarked() {
    for label in ["a\u{1b}[2Jb", "a\u{202e}b", "a\u{200b}b", "a\tb"] {
        assert_eq!(
            remark(&format!("{PPID},{label}")),
            Code::LabelCharacter,
            "{label:?}"
        );
    }
}

#[test]
fn what_ends_a_line_elsewhere_makes_the_line_unusable_though_its_first_id_counts() {
    for end in [
        '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
    ] {
        for (text, entries) in [
            (format!("{OTHER},a{end}{PPID},b\n"), 1),
            (format!("# comment{end}{PPID},b\n"), 0),
        ] {
            let list = list(&text);
            assert_eq!((list.len(), list.unusable()), (entries, 1), "{text:?}");
            let finding = &list.view().findings[0];
            assert_eq!(finding.code, Code::LineEnd, "{text:?}");
        }
        // White space at a line's end hides nothing.
        let text = format!("{PPID},b{end}\n# c{end}\n");
        assert_eq!(list(&text).unusable() == 0, end.is_whitespace(), "{text:?}");
    }
}

#[test]
fn a_machine_whose_id_stands_inside_a_label_is_not_absent() {
    let machine = Machine {
        ppid: hex::decode(PPID).unwrap().try_into().unwrap(),
        extensions: [0xab; 32],
    };
    let extensions = "AB".repeat(32);
    for line in [
        format!("{OTHER},a{PPID},b"),
        format!("{OTHER},a,{}", PPID.to_ascii_uppercase()),
        format!("{OTHER},\"a, {PPID}\""),
        format!("{OTHER},cafe{extensions}"),
        format!("# prefix-digits: 16\n{OTHER},a{},b", &PPID[..16]),
    ] {
        let text = format!("# list\n{line}\n");
        let list = list(&text);
        assert!(list.find(&machine).is_none(), "{text}");
        let findings = list.view().findings;
        assert_eq!(findings[0].code, Code::LabelId, "{text}");
        let doubt = list.doubt(&machine, "the list").unwrap();
        assert!(doubt.ends_with(&findings[0].place), "{doubt}");
        let of_another = Machine {
            ppid: [7; 16],
            extensions: [8; 32],
        };
        assert_eq!(list.doubt(&of_another, "the list"), None, "{text}");
    }
    // A date, a serial number.
    for label in [
        "20251121193000",
        "SN 0123-4567-89ab-cdef",
        "15 digits abcdef012345678",
    ] {
        assert!(wrong(&format!("{OTHER},{label}")).is_empty(), "{label}");
    }
}

#[test]
fn quotes_are_read_as_rfc_4180_has_them_or_the_line_is_named() {
    let label = |text: &str| list(text).search("", 0, 9).entries[0].label.clone();
    assert_eq!(label(&format!("{PPID},\"a, \"\"b\"\"\"")), "a, \"b\"");
    assert_eq!(label(&format!("{PPID},a \"b\"")), "a \"b\"");
    assert_eq!(label(PPID), "");
    assert_eq!(unusable(&format!("{PPID},\"open")), Code::LabelQuotes);
    assert_eq!(unusable(&format!("{PPID},\"a\" b")), Code::LabelQuotes);
    assert_eq!(remark(&format!("{PPID},a,b")), Code::ColumnExtra);
    assert_eq!(remark(&format!("{PPID},\"a\",b")), Code::ColumnExtra);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_no_entry() {
    assert_eq!(
        remark(&format!("\u{feff}{PPID},a\r\n")),
        Code::ByteOrderMark
    );
    assert_eq!(
        list(&format!("{PPID},a\r\n")).search("", 0, 9).entries[0].label,
        "a"
    );
    let utf16: Vec<u8> = format!("\u{feff}{PPID},a\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let error = Registry::parse(&[&utf16]).unwrap_err();
    assert_eq!(error.code(), "REGISTRY_NOT_TEXT");
    let error = Registry::parse(&[b"#\n\n\xff"]).unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn a_machine_that_stands_twice_is_remarked_and_counts_once() {
    let upper = PPID.to_ascii_uppercase();
    for (second, code) in [
        (format!("{PPID},a"), Code::IdTwice),
        (format!("{upper},a"), Code::IdTwice),
        (format!("{PPID},b"), Code::IdTwiceLabels),
    ] {
        let text = format!("{PPID},a\n{second}\n");
        assert_eq!(remark(&text), code);
        assert_eq!(list(&text).view().findings[0].place, "line 2");
        assert_eq!(list(&text).search("", 0, 9).entries[0].label, "a");
    }
}

#[test]
fn the_charters_entries_are_read_one_by_one() {
    let good = r#"{"method":"m","level":2,"evidences":["x"],"timestamp":1769817600,"endorsements":[],"more":1}"#;
    let text = format!(
        r#"{{"intel:tdx:ppid:{PPID}":{good},"amd:snp:chipid:{}":{good},"intel:sgx:ppid:{PPID}":{good},
            "intel:sgx:ppid:{PPID}":{good},"intel:sgx:ppid:00":{good},"nonsense":{good},
            "intel:tdx:ppid:{}":{{"level":1}},"intel:tdx:ppid:{}":{}}}"#,
        "ab".repeat(64),
        "11".repeat(16),
        "22".repeat(16),
        good.replace("\"level\":2", "\"level\":4"),
    );
    let list = list(&text);
    assert_eq!(list.len(), 3);
    let found: Vec<(Code, String)> = list
        .view()
        .findings
        .into_iter()
        .map(|finding| (finding.code, finding.place))
        .collect();
    let place = |number: usize| format!("entry {number}");
    assert_eq!(
        found,
        [
            (Code::IdTwice, place(4)),
            (Code::IdLength, place(5)),
            (Code::IdSchemeUnknown, place(6)),
            (Code::EntryField, place(7)),
            (Code::EntryField, place(8)),
        ]
    );
    let entry = &list.search(PPID, 0, 9).entries[0];
    let charter = entry.charter.as_ref().unwrap();
    assert_eq!(
        (entry.scheme, charter.level, charter.evidences),
        ("charter", 2, 1)
    );
    assert_eq!(charter.timestamp, "2026-01-31T00:00:00Z");
    for text in ["{", "[]", "{\"a\":1,}", "{} {}"] {
        assert_eq!(
            Registry::parse(&[text.as_bytes()]).unwrap_err().code(),
            "REGISTRY_NOT_JSON",
            "{text}"
        );
    }
}

#[test]
fn o01_a_list_is_limited_in_bytes_before_it_is_read_and_in_files() {
    assert_eq!(
        Registry::parse(&["\n".repeat(250_001).as_bytes()])
            .unwrap_err()
            .code(),
        "REGISTRY_TOO_MANY_LINES"
    );
    let half = vec![b'#'; MAX_LIST / 2 + 1];
    assert!(Registry::parse(&[&half]).is_ok());
    assert_eq!(
        Registry::parse(&[&half, &half]).unwrap_err().code(),
        "REGISTRY_TOO_LARGE"
    );
    assert_eq!(
        Registry::parse(&vec![&b""[..]; 10_001]).unwrap_err().code(),
        "REGISTRY_TOO_MANY_FILES"
    );
}

#[test]
fn two_hundred_thousand_bad_lines_are_counted_and_the_first_are_named() {
    let text = format!("{}{PPID},good\n", "z,z\n".repeat(200_000));
    let list = list(&text);
    let view = list.view();
    assert_eq!(
        (list.len(), view.unusable, view.findings.len()),
        (1, 200_000, MAX_FINDINGS)
    );
}

#[test]
fn a_search_finds_ids_typed_in_groups_and_labels_in_any_case() {
    let text: String = (0..1000)
        .map(|number| format!("{number:032x},Rack {number} in Köln\n"))
        .collect();
    let list = list(&text);
    assert_eq!(list.search("", 990, 50).entries.len(), 10);
    assert_eq!(list.search("", 0, 50).total, 1000);
    assert_eq!(list.search("rack 777 IN köln", 0, 50).total, 1);
    let found = list.search(" 0000 0000 0000 0000 0000 0000 0000 03e7 ", 0, 50);
    assert_eq!(
        (found.total, found.entries[0].place.as_str()),
        (1, "line 1000")
    );
    assert_eq!(list.search("nothing", 0, 50).total, 0);
}

#[test]
fn a_record_counts_in_a_list_only_when_it_verifies() {
    let file = record();
    let load = |file: &[u8], signers: Option<&Signers>| {
        registry::load(&verifier(), &[file], signers).unwrap()
    };
    let known = Signers::from_json(&signers()).unwrap();
    let list = load(&file, Some(&known));
    assert_eq!(
        (list.len(), list.unusable(), list.view().remarks),
        (1, 0, 0)
    );
    // Anyone can make keys.
    let list = load(&file, None);
    assert_eq!(
        (list.len(), list.view().findings[0].code),
        (1, Code::RecordSigners)
    );
    let unsigned = recorded(Ceremony::good()).make().unwrap().file;
    let one = sign_raw(&unsigned, &key(PEOPLE[0].0));
    for refused in [&unsigned, &one, &file[..file.len() - 1].to_vec()] {
        let list = load(refused, Some(&known));
        assert_eq!((list.len(), list.unusable()), (0, 1));
        assert_eq!(list.view().findings[0].code, Code::RecordRefused);
    }
}

// Enrolment.

fn codes(report: &EnrolmentReport) -> Vec<Code> {
    let findings = report.checks.iter().flat_map(|check| &check.findings);
    findings.map(|finding| finding.code).collect()
}

#[test]
fn a_good_enrolment_is_accepted_as_folders_and_as_a_patch_with_the_second_witnesss_own_record() {
    let (file, base) = (record(), base());
    let report = check_folders(&base, &head(&file, &base));
    assert_eq!(codes(&report), []);
    assert_eq!(report.verdict, Verdict::Affirming);
    assert!(
        report
            .checks
            .iter()
            .map(|check| check.id)
            .eq(CheckId::ALL.iter().copied())
    );
    assert_eq!(
        report.check(CheckId::RecordSame).unwrap().outcome,
        Outcome::NotGiven
    );

    let enrolment = proposed(&file, &base).unwrap();
    let report = check_patch(&base, enrolment.patch.as_bytes(), Some(&file));
    assert_eq!(codes(&report), []);
    assert_eq!(report.verdict, Verdict::Affirming);
    assert!(
        report
            .checks
            .iter()
            .all(|check| check.outcome == Outcome::Pass)
    );
    assert!(enrolment.text.contains(RECORDING));
    let id = enrolment.proposal.ppid.clone();
    assert!(enrolment.proposal.line.starts_with(&id) && enrolment.title.contains(&id));
    // What was added is known from then on, by the list and by the entry.
    let after = head(&file, &base);
    for list in [&after[KNOWN], &after[&enrolment.proposal.entry_path]] {
        assert_eq!(Registry::parse(&[list]).unwrap().search(&id, 0, 9).total, 1);
    }
}

#[test]
fn git_am_applies_the_patch_and_gives_the_very_files_that_were_proposed() {
    let (file, folder) = (record(), base());
    for list in [
        LIST,
        "",
        "11111111111111111111111111111111,no line end",
        "# one\n",
        "a\nb\nc\nd\ne\nf\n# g\n",
    ] {
        let mut folder = folder.clone();
        // A list with lines that are no IDs is refused; here only its lines count.
        let text = list.replace(['a', 'b', 'c', 'd', 'e', 'f'], "#");
        folder.insert(KNOWN.to_owned(), text.clone().into_bytes());
        let enrolment = proposed(&file, &folder).unwrap();
        let repository = Repository::of(&folder);
        let patch = repository
            .0
            .join("../")
            .canonicalize()
            .unwrap()
            .join(format!(
                "{}.patch",
                repository.0.file_name().unwrap().to_str().unwrap()
            ));
        std::fs::write(&patch, &enrolment.patch).unwrap();
        repository.git(&["am", "--quiet", patch.to_str().unwrap()]);
        std::fs::remove_file(patch).unwrap();
        let proposal = &enrolment.proposal;
        assert_eq!(repository.read(&proposal.record_path), file);
        assert_eq!(
            repository.read(&proposal.entry_path),
            proposal.entry.as_bytes()
        );
        let gap = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        assert_eq!(
            repository.read(KNOWN),
            format!("{text}{gap}{}\n", proposal.line).into_bytes()
        );
        assert_eq!(
            repository
                .git(&["log", "-1", "--format=%an <%ae> %at"])
                .trim(),
            format!("{} <{}> {}", AUTHOR.name, AUTHOR.email, forge::AT + 3600)
        );
        assert_eq!(
            repository.git(&["log", "-1", "--format=%s"]).trim(),
            enrolment.title
        );
        assert_eq!(
            repository.git(&["log", "-1", "--format=%b"]).trim(),
            enrolment.text
        );
        assert_eq!(repository.git(&["status", "--porcelain"]), "");
        // What git makes of it again is read as well, with its index lines, statistics and version.
        let again = repository.git(&["format-patch", "-1", "--stdout"]);
        let report = check_patch(&folder, again.as_bytes(), Some(&file));
        assert_eq!(
            (codes(&report), report.verdict),
            (vec![], Verdict::Affirming),
            "{}",
            &again[..600]
        );
    }
}

#[test]
fn every_tampered_enrolment_is_refused_by_its_code() {
    let file = record();
    let mut names = std::collections::BTreeSet::new();
    for (what, tamper, code) in TAMPERED {
        assert!(names.insert(what));
        let mut before = base();
        let mut after = head(&file, &before);
        tamper(&mut before, &mut after);
        let report = check_folders(&before, &after);
        assert_eq!(
            report.verdict,
            Verdict::Contraindicated,
            "{what}: {}",
            report.summary
        );
        assert!(
            codes(&report).contains(code),
            "{what}: {:?}",
            codes(&report)
        );
    }
    assert!(names.len() >= 30);
}

#[test]
fn a_patch_that_does_something_else_or_that_git_would_read_otherwise_is_refused_by_its_line() {
    let (file, base) = (record(), base());
    let good = proposed(&file, &base).unwrap().patch;
    let diff = "diff --git a/known.csv";
    let other = "diff --git a/README.md b/README.md\nnew file mode 100644\n--- /dev/null\n+++ b/README.md\n@@ -0,0 +1 @@\n+x\n";
    let tampered: &[(&str, String, Code)] = &[
        ("a second commit", format!("{good}{good}"), Code::PatchTrailing),
        ("a diff in the message", good.replace("- Machine:", &format!("{other}- Machine:")), Code::PatchMessage),
        ("a diff without git's line, before the first file", good.replace(diff, &format!("--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-The sample registry.\n+x\n{diff}")), Code::PatchMessage),
        ("a diff after the end", format!("{}{other}", good.trim_end()), Code::PatchTrailing),
        ("a diff after a file's lines", good.replacen(diff, &format!("{other}garbage\n{diff}"), 1), Code::PatchTrailing),
        ("another transfer encoding", good.replace("Encoding: 8bit", "Encoding: base64"), Code::PatchHeader),
        ("another kind of message", good.replace("text/plain; charset=UTF-8", "multipart/mixed; boundary=x"), Code::PatchHeader),
        ("a header that is none of git's", good.replace("MIME-Version", "X-Version"), Code::PatchHeader),
        ("a header twice", good.replacen("Date: ", "Date: x\nDate: ", 1), Code::PatchHeader),
        ("another author in the message", good.replacen("- Machine", "From: Eve <eve@example.org>\n\n- Machine", 1), Code::PatchMessage),
        ("no mail at all", good[good.find("diff ").unwrap()..].to_owned(), Code::PatchHeader),
        ("carriage returns", good.replace('\n', "\r\n"), Code::PatchText),
        ("a NUL", good.replacen("machine", "mach\0ine", 1), Code::PatchText),
        ("a file that can be run", good.replacen("new file mode 100644", "new file mode 100755", 1), Code::PatchKind),
        ("a link", good.replacen("new file mode 100644", "new file mode 120000", 1), Code::PatchKind),
        ("a mode that changes", good.replacen("--- a/known.csv", "old mode 100644\nnew mode 100755\n--- a/known.csv", 1), Code::PatchKind),
        ("a rename", good.replacen("--- a/known.csv", "rename from known.csv\nrename to gone.csv\n--- a/known.csv", 1), Code::PatchKind),
        ("a binary part", good.replacen("--- a/known.csv", "GIT binary patch\nliteral 0\n--- a/known.csv", 1), Code::PatchKind),
        ("a deleted file", good.replacen("+++ b/known.csv", "+++ /dev/null", 1), Code::PatchKind),
        ("two names for one file", good.replacen("b/known.csv", "b/README.md", 1), Code::PatchPath),
        ("a path that leaves the folder", good.replace("known.csv", "../known.csv"), Code::PatchPath),
        ("a path in quotes", good.replacen("a/known.csv b/known.csv", "\"a/known.csv\" \"b/known.csv\"", 1), Code::PatchPath),
        ("a hunk that promises more lines", good.replacen("@@ -0,0 +1 @@", "@@ -0,0 +1,9 @@", 1), Code::PatchHunk),
        ("a hunk with more lines than it promises", good.replacen("+{\n", "+{\n+x\n", 1), Code::PatchTrailing),
        ("more files than are read", good.replacen(diff, &format!("{}{diff}", (0..1_000).map(|number| other.replace("README.md", &format!("{number}.md"))).collect::<String>()), 1), Code::PatchTooLarge),
        ("a file without lines", good.replacen("--- a/known.csv", "--- a/known.csv\n+++ b/known.csv\ndiff --git a/x b/x\n--- a/known.csv", 1), Code::PatchHunk),
        ("another file touched too", good.replacen(diff, &format!("{other}{diff}"), 1), Code::FileOther),
        ("a line of another machine removed", good.replace("@@ -1,3 +1,4 @@", "@@ -1,3 +1,3 @@").replace("\n 1111", "\n-1111"), Code::LinesOther),
        ("another ID", good.replace("+e8a3f02ba44268956272bc8f295e0027,", "+f8a3f02ba44268956272bc8f295e0027,"), Code::LineDiffers),
        ("another base", good.replace(" 1111", " 3111"), Code::PatchDoesNotApply),
        ("another place", good.replace("@@ -1,3 +1,4 @@", "@@ -2,3 +2,4 @@"), Code::PatchDoesNotApply),
        ("an entry of a higher level", good.replace("+    \"level\": 1", "+    \"level\": 2"), Code::EntryDiffers),
    ];
    for (what, patch, code) in tampered {
        assert_ne!(*patch, good, "{what}");
        let report = check_patch(&base, patch.as_bytes(), Some(&file));
        assert!(
            codes(&report).contains(code),
            "{what}: {:?} {}",
            codes(&report),
            report.summary
        );
        let is_unread = report.check(CheckId::Format).unwrap().outcome == Outcome::Fail;
        let expected = if is_unread {
            Verdict::None
        } else {
            Verdict::Contraindicated
        };
        assert_eq!(report.verdict, expected, "{what}");
        assert!(
            !is_unread || report.summary.starts_with("Line "),
            "{}",
            report.summary
        );
    }
    assert_eq!(Patch::read(good.as_bytes()).unwrap().files.len(), 3);
    let huge = vec![b'x'; cloud_witness::registry::patch::MAX_PATCH + 1];
    assert_eq!(Patch::read(&huge).unwrap_err().code, Code::PatchTooLarge);
}

/// Applies a patch as a person does, and hands out the repository, or what git said against it.
fn applied(
    base: &harness::registry::Folder,
    patch: &str,
    options: &[&str],
) -> Result<Repository, String> {
    let repository = Repository::of(base);
    let path = repository.0.with_extension("patch");
    std::fs::write(&path, patch).unwrap();
    let words = [&["am", "--quiet"], options, &[path.to_str().unwrap()]].concat();
    let (worked, said) = repository.tried(&words);
    std::fs::remove_file(path).unwrap();
    worked.then_some(repository).ok_or(said)
}

#[test]
fn a_line_that_git_does_not_take_for_a_missing_line_end_is_refused() {
    let (file, base) = (record(), base());
    let enrolment = proposed(&file, &base).unwrap();
    let path = &enrolment.proposal.record_path;
    let mark = "\\ No newline at end of file\n";
    let start = enrolment.patch.split_once(mark).unwrap().0;
    // git looks at a mark only where 12 bytes are left: a shorter end signs one file and writes another.
    let mut git_wrote_another = 0;
    for line in [
        "\\ ",
        "\\ \n",
        "\\ x\n",
        "\\ No newlin\n",
        "\\ No newline at end of file",
        "\\ No newline at end of file \n",
        "\\ no newline at end of file\n",
        "\\  No newline at end of file\n",
        "\\No newline at end of file\n",
        "\\\n",
    ] {
        for end in ["", "-- \n", "-- \n2\n", "-- \n2.47\n", "-- \n2.47.3\n\n"] {
            let patch = [start, line, end].concat();
            let report = check_patch(&base, patch.as_bytes(), Some(&file));
            let refused = (report.verdict, codes(&report));
            assert_eq!(
                refused,
                (Verdict::None, vec![Code::PatchHunk]),
                "{line:?} {end:?}"
            );
            let is_short = patch.len() < start.len() + 12;
            if is_short && let Ok(repository) = applied(&base, &patch, &[]) {
                git_wrote_another += usize::from(repository.read(path) != file);
            }
        }
    }
    assert!(git_wrote_another >= 3, "{git_wrote_another}");
    for end in ["", "-- \n", "-- \n2.47.3\n\n"] {
        let patch = [start, mark, end].concat();
        assert_eq!(
            check_patch(&base, patch.as_bytes(), Some(&file)).verdict,
            Verdict::Affirming
        );
        assert_eq!(applied(&base, &patch, &[]).unwrap().read(path), file);
    }
}

#[test]
fn what_git_would_read_from_the_message_as_its_head_is_refused() {
    let (file, base) = (record(), base());
    let good = proposed(&file, &base).unwrap().patch;
    let said = |patch: &str, options: &[&str]| {
        applied(&base, patch, options)
            .map(|repository| repository.git(&["log", "-1", "--format=%an <%ae> %at%n%B"]))
    };
    let honest = said(&good, &[]).unwrap();
    let scissors: &[&str] = &["--scissors"];
    for (lines, options, is_taken) in [
        (
            "from: Eve <eve@example.org>\ndate: Mon, 1 Jan 2001 00:00:00 +0000\n",
            &[][..],
            true,
        ),
        ("FROM: Eve <eve@example.org>\n", &[], true),
        ("From:Eve <eve@example.org>\n", &[], true),
        ("From:\tEve <eve@example.org>\n", &[], true),
        ("From:\n Eve <eve@example.org>\n", &[], true),
        ("dAtE:Mon, 1 Jan 2001 00:00:00 +0000\n", &[], true),
        ("subject:Another subject\n", &[], true),
        ("Subject:\n", &[], true),
        ("[PATCH] Another subject\n", &[], true),
        ("[PATCH]\tAnother subject\n", &[], true),
        ("[PATCH]\n", &[], true),
        (
            ">From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n[PATCH] Another subject\n",
            &[],
            true,
        ),
        (
            ">From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n",
            &[],
            false,
        ),
        (
            "Words.\n-- >8 --\nfrom: Eve <eve@example.org>\n",
            scissors,
            true,
        ),
        ("Words.\n-- >8 --\n", scissors, true),
        ("Words.\n -8<- - -8< - cut\n", scissors, true),
        ("Words.\n- - - %< - - -\n", scissors, true),
        ("Words.\n-------->%\n", scissors, true),
        // What today's git leaves alone, and another version or mail program may not.
        ("Words.\nfrom: Eve <eve@example.org>\n", &[], false),
        (" From: Eve <eve@example.org>\n", &[], false),
        ("From : Eve <eve@example.org>\n", &[], false),
        ("content-transfer-encoding: base64\n", &[], false),
        ("Content-Type:text/plain; charset=UTF-16\n", &[], false),
    ] {
        let patch = good.replacen("- Machine", &format!("{lines}\n- Machine"), 1);
        // What git takes to be words stands in the commit's message as it was written.
        let expected = honest.replacen("- Machine", &format!("{lines}\n- Machine"), 1);
        let found = said(&patch, options);
        assert!(
            !is_taken || found.as_ref() != Ok(&expected),
            "{lines:?}: {found:?}"
        );
        let report = check_patch(&base, patch.as_bytes(), Some(&file));
        let refused = (report.verdict, codes(&report));
        assert_eq!(
            refused,
            (Verdict::None, vec![Code::PatchMessage]),
            "{lines:?}"
        );
    }
    // Words that only look a little like it are words.
    for lines in [
        "from the console\n",
        "Dated: today\n",
        "Fixes: from: to\n",
        "Subject to change - 8 < 9\n",
        "A [PATCH] of 18 <b@example.org>\n",
        "> From Eve\n",
    ] {
        let patch = good.replacen("- Machine", &format!("{lines}\n- Machine"), 1);
        let expected = honest.replacen("- Machine", &format!("{lines}\n- Machine"), 1);
        assert_eq!(said(&patch, scissors), Ok(expected), "{lines:?}");
        let report = check_patch(&base, patch.as_bytes(), Some(&file));
        assert_eq!(
            (codes(&report), report.verdict),
            (vec![], Verdict::Affirming),
            "{lines:?}"
        );
    }
}

#[test]
fn a_patch_with_another_record_than_the_second_witnesss_own_is_refused() {
    let base = base();
    let other = recorded(Ceremony::good())
        .with(|ceremony| ceremony.entered.notes = Some("Another record.".to_owned()))
        .signed();
    let patch = proposed(&other, &base).unwrap().patch;
    let report = check_patch(&base, patch.as_bytes(), Some(&record()));
    assert_eq!(codes(&report), [Code::RecordOther]);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(
        check_patch(&base, patch.as_bytes(), Some(&other)).verdict,
        Verdict::Affirming
    );
}

#[test]
fn what_is_not_given_to_the_check_is_never_a_pass() {
    let (file, base) = (record(), base());
    let patch = proposed(&file, &base).unwrap().patch;
    let report = check(
        &verifier(),
        Proposed::Patch(patch.as_bytes(), None),
        &Against::default(),
    );
    let open: Vec<CheckId> = report
        .checks
        .iter()
        .filter(|row| row.outcome == Outcome::NotGiven)
        .map(|row| row.id)
        .collect();
    assert_eq!(
        open,
        [
            CheckId::Applies,
            CheckId::RecordSame,
            CheckId::Witnesses,
            CheckId::New,
            CheckId::Revoked
        ]
    );
    assert_eq!(report.verdict, Verdict::Warning);
    assert_eq!(report.check(CheckId::List).unwrap().outcome, Outcome::Pass);
    // Without the base a patch that takes a line away, or adds two, is seen all the same.
    for (bad, code) in [
        (
            patch
                .replace("@@ -1,3 +1,4 @@", "@@ -1,3 +1,3 @@")
                .replace("\n 1111", "\n-1111"),
            Code::LinesOther,
        ),
        (
            patch
                .replace("@@ -1,3 +1,4 @@", "@@ -1,3 +1,5 @@")
                .replace("\n+e8a3", "\n+33333333333333333333333333333333,x\n+e8a3"),
            Code::LineDiffers,
        ),
    ] {
        let report = check(
            &verifier(),
            Proposed::Patch(bad.as_bytes(), None),
            &Against::default(),
        );
        assert!(codes(&report).contains(&code), "{:?}", codes(&report));
        assert_eq!(report.verdict, Verdict::Contraindicated);
    }
    let report = check(&verifier(), Proposed::Changes(&[]), &Against::default());
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(codes(&report), [Code::FileMissing; 3]);
}

#[test]
fn a_record_with_reservations_is_for_a_person_to_decide() {
    let base = base();
    let file = recorded(Ceremony::good())
        .with(|ceremony| {
            ceremony.attesters = None;
            ceremony.entered.warning_reason = Some("A new build.".to_owned());
        })
        .signed();
    let report = check_folders(&base, &head(&file, &base));
    assert_eq!(
        (codes(&report), report.verdict),
        (vec![Code::RecordWarning], Verdict::Warning)
    );
}

#[test]
fn a_machine_in_colocation_is_proposed_as_one_with_what_its_evidence_is_worth() {
    let base = base();
    let of = |ceremony: Ceremony| {
        let file = recorded(ceremony).signed();
        let enrolment = proposed(&file, &base).unwrap();
        let report = check_folders(&base, &head(&file, &base));
        assert_eq!(report.verdict, Verdict::Affirming);
        let entry: serde_json::Value = serde_json::from_str(&enrolment.proposal.entry).unwrap();
        let entry = entry.as_object().unwrap().values().next().unwrap().clone();
        (
            entry["method"].as_str().unwrap().to_owned(),
            enrolment.text.clone(),
        )
    };
    let (console, text) = of(Ceremony::good());
    assert!(console.ends_with("/ceremony/v1"), "{console}");
    assert!(text.contains("- Kind: bare metal, on a cloud's console\n"));
    assert!(text.contains("- Against data-centre operators: no\n"));
    let (colocated, text) = of(Ceremony::in_colocation());
    assert_eq!(colocated, format!("{console}#colocation"));
    assert!(text.contains("- Kind: colocation, by evidence combined\n"));
    assert!(text.contains("- Against data-centre operators: proven, remote only\n"));
}

#[test]
fn only_a_record_that_verifies_with_two_witnesses_of_two_other_projects_is_proposed() {
    let base = base();
    let code = |record: &[u8]| proposed(record, &base).unwrap_err().code;
    let unsigned = recorded(Ceremony::good()).make().unwrap().file;
    let one = sign_raw(&sign_raw(&unsigned, &key(PEOPLE[0].0)), &key(PEOPLE[1].0));
    assert_eq!(code(&unsigned), Code::RecordRefused);
    assert_eq!(code(&one), Code::RecordRefused);
    assert_eq!(code(&silent_third()), Code::RecordRefused);
    assert_eq!(code(b"{}"), Code::RecordRefused);
    assert_eq!(code(&Ceremony::good().signed()), Code::RecordingMissing);

    // Who is not on the list counts for nothing, even where the record alone would do.
    let mut others = base.clone();
    text(&mut others, SIGNERS, |list| {
        let mut entries: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
        entries.remove(1);
        serde_json::to_string(&entries).unwrap()
    });
    assert_eq!(
        proposed(&record(), &others).unwrap_err().code,
        Code::WitnessesMissing
    );
    for (line, code) in [
        ("e8a3f02ba44268956272bc8f295e0027,x\n", Code::EnrolRevoked),
        ("e8a3f02ba44268956272bc8f295e002,x\n", Code::RevokedLines),
    ] {
        let mut revoked = base.clone();
        text(&mut revoked, REVOKED, |text| text + line);
        let error = proposed(&record(), &revoked).unwrap_err();
        assert_eq!(error.code, code, "{line}");
    }
    for (list, code) in [
        ("e8a3f02ba44268956272bc8f295e0027,x\n", Code::EnrolTwice),
        (
            "# prefix-digits: 16\ne8a3f02ba4426895,x\n",
            Code::EnrolTwice,
        ),
        ("e8a3,x\n", Code::ListLines),
        ("# a\r\n", Code::ListLineEnds),
    ] {
        let mut known = base.clone();
        known.insert(KNOWN.to_owned(), list.as_bytes().to_vec());
        assert_eq!(
            proposed(&record(), &known).unwrap_err().code,
            code,
            "{list}"
        );
    }
}

#[test]
fn the_recording_is_the_records_own_or_the_last_that_a_witness_added() {
    let (prover, witness) = (PEOPLE[0].0, PEOPLE[1].0);
    let add = |file: &[u8], by: &str, added_at: u64, recording: &str| {
        let what = Addendum {
            added_at,
            recording: Some(recording.to_owned()),
            note: None,
        };
        let to_sign = addendum(file, what).unwrap();
        let signer = key(by);
        let signature = signer.sign(to_sign.pae.as_bytes()).to_bytes();
        let signed = Signed::Raw {
            key: &key_line(&signer),
            signature: &signature,
        };
        attach(file, to_sign.payload.as_bytes(), signed).unwrap()
    };
    let recording = |file: &[u8]| {
        let proposed = proposed(file, &base());
        proposed
            .map(|made| made.proposal.recording)
            .map_err(|error| error.code)
    };
    let ours = "https://video.example/later".to_owned();
    let theirs = "https://video.example/the-provers";

    let silent = Ceremony::good().signed();
    let later = add(&silent, witness, forge::AT + 900, &ours);
    let both = add(
        &later,
        witness,
        forge::AT + 600,
        "https://video.example/earlier",
    );
    assert_eq!(recording(&both), Ok(ours.clone()));
    // The prover alone does not say where it is, however late.
    let alone = add(&silent, prover, forge::AT + 900, theirs);
    assert_eq!(recording(&alone), Err(Code::RecordingMissing));
    assert_eq!(
        recording(&add(&both, prover, forge::AT + 1200, theirs)),
        Ok(ours)
    );
    // What everyone signed stays.
    let signed = add(&record(), witness, forge::AT + 900, theirs);
    assert_eq!(recording(&signed), Ok(RECORDING.to_owned()));

    let markdown = add(
        &silent,
        witness,
        forge::AT + 900,
        "https://video.example/`x`<b>",
    );
    assert_eq!(recording(&markdown), Err(Code::RecordingMissing));
}

#[test]
fn an_author_that_could_be_read_as_more_than_a_name_is_refused() {
    let (file, base) = (record(), base());
    let ask = |author: Author<'_>, at: u64| {
        let ask = Ask {
            record: &file,
            known: &base[KNOWN],
            revoked: None,
            signers: None,
            attesters: None,
            author,
            at,
        };
        enrol(&verifier(), &ask)
            .map(|enrolment| enrolment.patch)
            .map_err(|error| error.code)
    };
    let named = |name: &str| ask(Author { name, ..AUTHOR }, forge::AT);
    for name in [
        "",
        " ",
        "a\nb",
        "a\u{202e}b",
        "a@b",
        "a <b",
        &"x".repeat(61),
    ] {
        assert_eq!(named(name), Err(Code::AuthorName), "{name:?}");
    }
    for email in [
        "", "x", "x@", "@y", "a@b@c", "a b@c", "a@b>", "ä@b", "a@b\n",
    ] {
        assert_eq!(
            ask(Author { email, ..AUTHOR }, forge::AT),
            Err(Code::AuthorEmail),
            "{email:?}"
        );
    }
    assert_eq!(ask(AUTHOR, 253_402_300_800), Err(Code::CommitTime));
    for name in [
        "Plain Name",
        "Dr. A 'c' (d), e: f",
        "名前",
        &"ü".repeat(30),
        "a=?UTF-8?Q?b?=",
    ] {
        let patch = named(name).unwrap();
        assert!(
            patch.is_char_boundary(0) && patch.lines().take(12).all(|line| line.len() <= 78),
            "{patch:.600}"
        );
        let repository = Repository::of(&base);
        let path = repository.0.with_extension("patch");
        std::fs::write(&path, &patch).unwrap();
        repository.git(&["am", "--quiet", path.to_str().unwrap()]);
        std::fs::remove_file(path).unwrap();
        assert_eq!(repository.git(&["log", "-1", "--format=%an"]).trim(), name);
        assert_eq!(
            check_patch(&base, patch.as_bytes(), None).verdict,
            Verdict::Affirming
        );
    }
}

#[test]
fn what_people_entered_stands_in_the_registry_as_plain_text() {
    let mut base = base();
    text(&mut base, SIGNERS, |list| {
        let mut entries: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
        entries.remove(0);
        serde_json::to_string(&entries).unwrap()
    });
    let file = recorded(Ceremony::good())
        .with(|ceremony| {
            ceremony.entered.participants[0].project = "=cmd|' /C calc'!A0".to_owned();
            ceremony.entered.console.provider = "Cloud, \"Inc\" <img src=x>".to_owned();
            ceremony.entered.console.machine = "@all\u{5d0} [x](https://y) `z`".to_owned();
        })
        .signed();
    let enrolment = proposed(&file, &base).unwrap();
    let proposal = &enrolment.proposal;
    assert_eq!(
        proposal.label,
        "cmd /C calc A0: Cloud Inc img src x bare-metal.xlarge north-1 all\u{5d0} x (https://y) z"
    );
    assert_eq!(
        proposal.line,
        format!("{},{}", proposal.ppid, proposal.label)
    );
    assert!(
        Registry::parse(&[proposal.line.as_bytes()])
            .unwrap()
            .view()
            .findings
            .is_empty()
    );
    assert!(
        !enrolment.text.contains(['<', '>', '@', '[', '|']),
        "{}",
        enrolment.text
    );
    assert_eq!(
        check_patch(&base, enrolment.patch.as_bytes(), Some(&file)).verdict,
        Verdict::Warning
    );
}
