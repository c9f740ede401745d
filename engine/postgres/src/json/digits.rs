//! Digits of numbers that have a fixed number of them.

static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + n as u8 / 10, b'0' + n as u8 % 10];
        n += 1;
    }
    pairs
};

/// Two digits of a number below 100.
pub(super) fn two(n: u32) -> [u8; 2] {
    PAIRS[n as usize]
}

/// Four digits of a number below 10000.
pub(super) fn four(n: u32) -> [u8; 4] {
    let ([a, b], [c, d]) = (two(n / 100), two(n % 100));
    [a, b, c, d]
}

/// A point and the digits of a fraction of a second, without zeros at its end; nothing if there is no fraction.
pub(super) fn fraction(micros: u32, out: &mut Vec<u8>) {
    if micros == 0 {
        return;
    }
    let ([a, b], [c, d, e, f]) = (two(micros / 10_000), four(micros % 10_000));
    let digits = [b'.', a, b, c, d, e, f];
    let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0');
    out.extend_from_slice(&digits[..digits.len() - zeros.count()]);
}
