//! What a page allows itself: a Content-Security-Policy that names the digest of each of its own inline styles and scripts, so that a
//! browser runs exactly those and fetches nothing.
//!
//! In: a page with `{CSP-STYLE}` and `{CSP-SCRIPT}` in its policy. Out: the page with the digests. A page without these words is left as
//! it is.

mod sha256;

const STYLE: &str = "{CSP-STYLE}";
const SCRIPT: &str = "{CSP-SCRIPT}";
/// Where the policy must stand: what comes later is the page's own text, which is not touched.
const HEAD_END: &str = "</head>";

/// Puts the digests into the policy of a page.
pub(super) fn fill(page: String) -> String {
    let Some(head) = page.find(HEAD_END) else { return page };
    if !page[..head].contains(STYLE) && !page[..head].contains(SCRIPT) {
        return page;
    }
    let (styles, scripts) = (sources(&page, "style"), sources(&page, "script"));
    let filled = page[..head].replacen(STYLE, &styles, 1).replacen(SCRIPT, &scripts, 1);
    filled + &page[head..]
}

/// The digests of all elements of a kind, as a policy names them.
fn sources(page: &str, kind: &str) -> String {
    let (open, close) = (format!("<{kind}>"), format!("</{kind}>"));
    let texts = page.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0));
    let named: Vec<String> =
        texts.map(|text| format!("'sha256-{}'", base64(&sha256::digest(text.as_bytes())))).collect();
    if named.is_empty() { "'none'".to_owned() } else { named.join(" ") }
}

/// Bytes in the letters of RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_exactly_what_stands_in_the_page() {
        let page = "<head><meta content=\"style-src {CSP-STYLE}; script-src {CSP-SCRIPT}\"><style>a{}</style></head>{CSP-STYLE}";
        let filled = fill(page.to_owned());
        // printf 'a{}' | openssl dgst -sha256 -binary | base64
        assert!(filled.contains("style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='"), "{filled}");
        assert!(filled.contains("script-src 'none'"));
        assert!(filled.ends_with("</head>{CSP-STYLE}"), "what a page says is not touched");
        assert_eq!(fill("no head".to_owned()), "no head");
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10.
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in cases {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
