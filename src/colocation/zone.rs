//! The text of a TXT record, in each form in which people come by it: as DNS gives it; in quotes; as a line of a zone file
//! (RFC 1035, section 5.1), of `dig`, `host` or `nslookup`; or as OpenDKIM writes it, with brackets and a comment.

/// What keeps a record from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A quotation mark that no other closes.
    QuoteOpen,
    /// A bracket that no other closes or opens.
    BracketOpen,
    /// Lines were given, and none is a TXT record.
    NoText,
    /// TXT records that differ.
    Several(usize),
}

impl Refusal {
    /// In words, behind "it".
    pub(super) fn words(&self) -> String {
        match self {
            Self::QuoteOpen => "has a quotation mark without its second".to_owned(),
            Self::BracketOpen => "has a bracket without its second".to_owned(),
            Self::NoText => "has no TXT record among its lines".to_owned(),
            Self::Several(number) => format!("has {number} TXT records that differ"),
        }
    }
}

/// What stands on a line, brackets and comments taken away.
enum Piece {
    Word(String),
    Quoted(String),
}

/// The record's one text.
///
/// # Errors
/// A [`Refusal`].
pub(super) fn text(given: &str) -> Result<String, Refusal> {
    if is_bare(given) {
        // Some tools print the escapes of a zone file without its quotes.
        return Ok(given
            .replace("\\;", ";")
            .replace("\\\"", "\"")
            .replace(['\r', '\n'], " "));
    }
    let mut records: Vec<String> = Vec::new();
    for line in lines(given)? {
        let is_alone = line.iter().all(|piece| matches!(piece, Piece::Quoted(_)));
        let strings = strings(&line);
        match (strings, records.last_mut()) {
            (None, _) => {}
            // Strings in a line of their own go on with the line before.
            (Some(more), Some(record)) if is_alone => record.push_str(&more),
            (Some(text), _) => records.push(text),
        }
    }
    let number = records.len();
    let mut records = records.into_iter();
    let first = records.next().ok_or(Refusal::NoText)?;
    if records.all(|other| other == first) {
        Ok(first)
    } else {
        Err(Refusal::Several(number))
    }
}

/// Whether it begins with a tag: `v=`. A name before quotes (`text = "…"`) is none.
fn is_bare(given: &str) -> bool {
    let Some((name, rest)) = given.split_once('=') else {
        return false;
    };
    let name = name.trim();
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !rest.trim_start().starts_with('"')
}

/// The strings of a line, joined: those in quotes, or the words behind `TXT`. None for a line that is no TXT record.
fn strings(line: &[Piece]) -> Option<String> {
    let is_word = |piece: &Piece, of: &[&str]| match piece {
        Piece::Word(word) => of.iter().any(|name| word.eq_ignore_ascii_case(name)),
        Piece::Quoted(_) => false,
    };
    // A signature over a TXT record, and the like, name that type too.
    let kind = |piece: &&Piece| is_word(piece, &["TXT", "RRSIG", "NSEC", "NSEC3", "CNAME"]);
    if line
        .iter()
        .find(kind)
        .is_some_and(|piece| !is_word(piece, &["TXT"]))
    {
        return None;
    }
    let quoted: Vec<&str> = line
        .iter()
        .filter_map(|piece| match piece {
            Piece::Quoted(text) => Some(text.as_str()),
            Piece::Word(_) => None,
        })
        .collect();
    if !quoted.is_empty() {
        return Some(quoted.concat());
    }
    let behind = line.iter().position(|piece| is_word(piece, &["TXT"]))?;
    let words: Vec<&str> = line
        .iter()
        .skip(behind.saturating_add(1))
        .filter_map(|piece| match piece {
            Piece::Word(word) => Some(word.as_str()),
            Piece::Quoted(_) => None,
        })
        .collect();
    (!words.is_empty()).then(|| words.concat())
}

/// Lines, of which one goes on while a bracket is open.
fn lines(given: &str) -> Result<Vec<Vec<Piece>>, Refusal> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut word: Vec<u8> = Vec::new();
    let mut brackets = 0_usize;
    let mut bytes = given.bytes().peekable();
    let as_text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    loop {
        let byte = bytes.next();
        let is_end = !matches!(byte, Some(b'\\' | b'!'..=b'~' | 128..))
            || matches!(byte, Some(b'"' | b'(' | b')' | b';'));
        if is_end && !word.is_empty() {
            line.push(Piece::Word(as_text(std::mem::take(&mut word))));
        }
        match byte {
            None | Some(b'\n') if brackets == 0 || byte.is_none() => {
                lines.push(std::mem::take(&mut line));
                if byte.is_none() {
                    break;
                }
            }
            Some(b';') => while bytes.next_if(|byte| *byte != b'\n').is_some() {},
            Some(b'(') => brackets = brackets.saturating_add(1),
            Some(b')') => brackets = brackets.checked_sub(1).ok_or(Refusal::BracketOpen)?,
            Some(b'"') => {
                let mut string = Vec::new();
                loop {
                    match bytes.next().ok_or(Refusal::QuoteOpen)? {
                        b'"' => break,
                        b'\\' => string.push(escaped(&mut bytes).ok_or(Refusal::QuoteOpen)?),
                        // A string that a terminal or an editor broke.
                        b'\r' | b'\n' => {}
                        byte => string.push(byte),
                    }
                }
                line.push(Piece::Quoted(as_text(string)));
            }
            Some(b'\\') => word.extend(escaped(&mut bytes)),
            Some(byte @ (b'!'..=b'~' | 128..)) => word.push(byte),
            Some(_) | None => {}
        }
    }
    if brackets > 0 {
        return Err(Refusal::BracketOpen);
    }
    Ok(lines)
}

/// What stands behind a backslash: a byte by its three decimal digits, or the character itself.
fn escaped(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> Option<u8> {
    let first = bytes.next()?;
    let mut ahead = bytes.clone();
    let digits = [Some(first), ahead.next(), ahead.next()];
    let value = digits.into_iter().try_fold(0_u16, |value, digit| {
        let digit = char::from(digit?).to_digit(10)?;
        value
            .checked_mul(10)?
            .checked_add(u16::try_from(digit).ok()?)
    });
    match value.and_then(|value| u8::try_from(value).ok()) {
        Some(value) => {
            *bytes = ahead;
            Some(value)
        }
        None => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "v=DKIM1; k=rsa; n=say \"hi\"; p=AAAABBBB";

    #[test]
    fn a_key_record_as_every_tool_prints_it_is_the_same() {
        for form in [
            // As DNS gives it, and broken over lines.
            "v=DKIM1; k=rsa; n=say \"hi\"; p=AAAABBBB",
            "v=DKIM1\\; k=rsa\\; n=say \\\"hi\\\"\\; p=AAAABBBB",
            // dig +short, whose strings may come in lines.
            "\"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\" \"BBBB\"\n",
            "\"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\"\r\n\t\"BBBB\"\r\n",
            // BIND, with and without decimal escapes.
            "\"v=DKIM1\\; k=rsa\\; n=say \\\"hi\\\"\\; p=AAAA\" \"BBBB\"",
            "\"v=DKIM1\\059 k=rsa\\059 n=say \\034hi\\034\\; p=AAAABBBB\"",
            // A line of dig's answer, and all that dig prints.
            "s1._domainkey.dc.example. 3600 IN TXT \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\" \"BBBB\"",
            "; <<>> DiG 9.18 <<>> TXT s1._domainkey.dc.example\n;; QUESTION SECTION:\n;s1._domainkey.dc.example. IN TXT\n\n\
             ;; ANSWER SECTION:\ns1._domainkey.dc.example. 60 IN CNAME s1.host.example.\n\
             s1.host.example. 60 IN TXT \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAABBBB\"\n\
             s1.host.example. 60 IN RRSIG TXT 8 5 60 20400101000000 20391201000000 1 host.example. QUJD\n\n;; Query time: 1 msec\n",
            // OpenDKIM.
            "s1._domainkey\tIN\tTXT\t( \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; \"\n\t  \"p=AAAA\"\n\t  \"BBBB\" )  ; ----- DKIM key s1 for dc.example",
            "( \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; \" ; begins\n \"p=AAAABBBB\" )",
            // host, and nslookup on either system.
            "s1._domainkey.dc.example descriptive text \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\" \"BBBB\"",
            "Server:\t\t192.0.2.53\nAddress:\t192.0.2.53#53\n\nNon-authoritative answer:\n\
             s1._domainkey.dc.example\ttext = \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\" \"BBBB\"\n",
            "s1._domainkey.dc.example\ttext =\n\n\t\"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAA\"\n\t\"BBBB\"\n",
            "text = \"v=DKIM1; k=rsa; n=say \\\"hi\\\"; p=AAAABBBB\"",
        ] {
            assert_eq!(text(form).as_deref(), Ok(RECORD), "{form}");
        }
        // Without quotes every word is a string.
        assert_eq!(
            text("s1 IN TXT v=DKIM1\\;k=rsa\\;p=AA").as_deref(),
            Ok("v=DKIM1;k=rsa;p=AA")
        );
        assert_eq!(
            text("v=DKIM1; p=AA\n  BB\n").as_deref(),
            Ok("v=DKIM1; p=AA   BB ")
        );
    }

    #[test]
    fn a_comment_is_no_part_of_a_record() {
        let form = "s1 IN TXT ( \"v=DKIM1; p=AA\" ; \"BB\"\n ) ; p=CC \" (\n";
        assert_eq!(text(form).as_deref(), Ok("v=DKIM1; p=AA"));
    }

    #[test]
    fn lines_that_are_not_one_record_are_refused() {
        for (form, refusal) in [
            ("\"v=DKIM1; p=AA", Refusal::QuoteOpen),
            ("\"v=DKIM1; p=AA\\", Refusal::QuoteOpen),
            ("s1 IN TXT ( \"v=DKIM1; p=AA\"", Refusal::BracketOpen),
            ("s1 IN TXT \"v=DKIM1; p=AA\" )", Refusal::BracketOpen),
            ("", Refusal::NoText),
            ("no record", Refusal::NoText),
            ("; \"v=DKIM1; p=AA\"", Refusal::NoText),
            ("s1 60 IN CNAME s1.host.example.", Refusal::NoText),
            (
                "s1 IN TXT \"v=DKIM1; p=AA\"\ns2 IN TXT \"v=DKIM1; p=BB\"",
                Refusal::Several(2),
            ),
        ] {
            assert_eq!(text(form), Err(refusal), "{form}");
        }
    }
}
