//! The closed list of what can be wrong with a trust token, each with what to do next.

use serde::Serialize;

crate::code::codes! {
    /// A closed, stable code of a trust token. Its JSON is the name in SCREAMING_SNAKE_CASE.
    enum Code;

    // token.format
    /// Nothing was given.
    TokenEmpty => "Paste the token that the trust server gave, or that somebody showed you.",
    /// More than 16 KiB were given (O1).
    TokenTooLarge => "A trust token has about 700 characters. Check that this is one.",
    /// JSON in place of the compact form: parts of it could be unsigned.
    TokenJsonSerialization => "Ask for the token in its compact form, three parts with dots between: in this form some fields are signed by nobody.",
    /// JSON that is no token: a trust server's answer around one, or without one.
    TokenAnswer => "Give the token alone: three parts with two dots between, without quotation marks.",
    /// Five parts: the form of an encrypted token, not of a signed one.
    TokenEncrypted => "Five parts are the form of an encrypted token (JWE). Ask for the signed one.",
    /// Not three parts.
    TokenParts => "A token has three parts with two dots between. Copy the whole of it.",
    /// A character that base64url does not have: padding, or the standard alphabet.
    TokenBase64 => "The token was cut or rewritten on its way. Ask for the original text.",
    /// Bits left over at the end of a part: the same token in another text.
    TokenBase64Bits => "The token was cut, or rewritten on its way. Ask for the original text.",
    /// A part is no JSON object.
    TokenNotJson => "This is no trust token, or it was cut. Ask for the original text.",
    /// A key stands twice in one JSON object.
    TokenKeyTwice => "Two readers could read this token in two ways. Do not rely on it; tell the server's operators.",
    /// The header demands an extension that is not known here.
    TokenCritical => "The token says that it must not be read without knowing an extension, and none is known here. Ask for the trust token.",
    /// A token inside of a token.
    TokenNested => "The signature is about another token, inside. Ask for that one.",
    /// The header says that this is another kind of token.
    TokenType => "The header says that this is a token for another purpose. Ask for the trust token.",
    /// The header brings or names a key of its own, which is not looked at.
    TokenHeaderKeyIgnored => "Nothing needs to be done: only keys of your own lists count. Ask why the header brings one, though.",

    // token.key
    /// The header names no algorithm.
    TokenAlgMissing => "This is no token of a trust server. Do not rely on it.",
    /// Nobody signed.
    TokenAlgNone => "Do not rely on it: anybody can write such a token.",
    /// A shared secret, which a public key must never be taken for.
    TokenAlgSymmetric => "Do not rely on it. Somebody may have tried to pass a public key for a secret.",
    /// An algorithm that trust servers do not sign with.
    TokenAlgUnsupported => "Ask for the token as the trust server made it.",
    /// No key ID.
    TokenKidMissing => "Without the key's name no key is looked up. Ask the server's operators for a token that names it.",
    /// No list has this key.
    TokenKidUnknown => "Get the newest keys.json, or the alliance's newest key, from a source that you trust; never from whoever showed the token.",
    /// An RS256 token, and no keys.json.
    TokenKeysNotGiven => "Give the trust server's keys.json, from a source that you trust.",
    /// The key is of another algorithm than the header says.
    TokenKidAlg => "Do not rely on it: a key must never be used for another algorithm than its own.",
    /// The key cannot be read.
    TokenKeyUnreadable => "The entry is no public key in PEM. Get keys.json anew.",
    /// A kind of key that trust servers do not sign with.
    TokenKeyUnsupported => "Keys are RSA or Ed25519. Get keys.json anew.",
    /// An RSA key of fewer than 2048 bits, or more than 8192.
    TokenKeyLength => "A shorter key can be broken, a longer one keeps everybody busy. Do not rely on tokens under it.",
    /// An RSA exponent or modulus that no honest key has.
    TokenKeyExponent => "No sound key has such numbers. Do not rely on tokens under it.",
    /// A point of small order, none of the curve, or written in another way than its own.
    TokenKeyWeak => "This key is broken: signatures under it prove nothing.",

    // token.signature
    /// Not as many bytes as the key's signatures have.
    TokenSignatureLength => "The token was cut or changed, or another kind of key signed it. Ask for the original text.",
    /// An Ed25519 signature whose number is not reduced: the same one in another text.
    TokenSignatureNotCanonical => "No signer that follows RFC 8032 writes it so. Ask for the original text.",
    /// The signature does not fit.
    TokenSignatureRefused => "The token was changed, or another key made it. Do not rely on it.",

    // token.claims
    /// No SHA-256 where the quote's hash should be.
    TokenQuoteHashForm => "This is no trust token of a form that is known here. Do not rely on it.",
    /// A machine ID of no known scheme.
    TokenMachineIdForm => "Ask which scheme the server uses. No ID is ever matched by its beginning here.",
    /// The token has no label.
    TokenLabelMissing => "Ask which entry of the list the machine matched.",
    /// A label with invisible characters, or a very long one.
    TokenLabelCharacter => "The label could show as another text. Rely on the machine's ID instead.",

    // token.time
    /// A time that is no number of seconds.
    TokenTimeForm => "Ask the server's operators what their times mean.",
    /// Made after the moment that is asked about.
    TokenFuture => "Compare this computer's clock, or the moment that you asked about, with the server's.",
    /// Two times of making.
    TokenTimesDiffer => "Whoever asks for a token chooses its timestamp; iat is the server's own. Rely on iat, or ask for a new token.",
    /// Not valid yet.
    TokenNotYetValid => "Ask for a token that is valid now.",
    /// Not valid any more.
    TokenExpired => "Ask for a new token.",
    /// The key was not in use yet.
    TokenKeyEarly => "Your list says that this key came later. Do not rely on the token; ask the alliance.",
    /// The key was not in use any more.
    TokenKeyLate => "Your list says that this key was given up before. Ask for a token under the key in use.",

    // token.lacks
    /// No `exp`.
    TokenNoExpiry => "Look at how old it is, and ask for a new one where that matters.",
    /// No `nonce`.
    TokenNoNonce => "Compare the quote: only its own challenge says that it was made for you.",
    /// A `nonce`, compared with nothing.
    TokenNonceNotCompared => "Compare it yourself with the one that you sent.",
    /// No TCB status.
    TokenNoTcbStatus => "Give the quote: its own appraisal says what is known of the platform.",

    // quote.hash
    /// The file or text holds no quote.
    TokenQuoteUnreadable => "Give the attester's file, or the quote that was sent to the server.",
    /// Another quote.
    TokenQuoteHashDiffers => "The token is about another quote. Ask for the one that it was made for, byte for byte as it was sent to the server.",

    // quote.appraisal
    /// The quote is contraindicated.
    TokenQuoteRefused => "Look at the quote's own rows.",
    /// Nothing could be decided about the quote.
    TokenQuoteUndecided => "Look at the quote's own rows: often collateral is missing, or of another time.",
    /// The quote is genuine, with reservations.
    TokenQuoteWarning => "Weigh the reservations in the quote's own rows.",

    // machine
    /// Another machine than the quote's.
    TokenMachineDiffers => "The token speaks of another machine than the one that made this quote. Do not rely on either.",
    /// A machine of another maker.
    TokenMachineOfOtherMaker => "The token speaks of another machine than the one that made this quote. Do not rely on either.",
    /// SGX where the quote is TDX's, or the other way around.
    TokenTeeDiffers => "It can be the same machine. Ask which quote the token was made for.",
}

impl Code {
    /// A failure that decides nothing: the token cannot be read, its key is not at hand, or the quote cannot be judged.
    pub const fn is_undecided(self) -> bool {
        matches!(
            self,
            Self::TokenEmpty
                | Self::TokenTooLarge
                | Self::TokenJsonSerialization
                | Self::TokenAnswer
                | Self::TokenEncrypted
                | Self::TokenParts
                | Self::TokenBase64
                | Self::TokenBase64Bits
                | Self::TokenNotJson
                | Self::TokenNested
                | Self::TokenType
                | Self::TokenAlgUnsupported
                | Self::TokenKidUnknown
                | Self::TokenKidMissing
                | Self::TokenKeysNotGiven
                | Self::TokenKeyUnreadable
                | Self::TokenKeyUnsupported
                | Self::TokenQuoteUnreadable
                | Self::TokenQuoteUndecided
        )
    }
}
