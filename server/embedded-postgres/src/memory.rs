//! The memory that Postgres may use.

use std::fs;

const MIB: u64 = 1 << 20;
/// Where the size of the memory is not known: what Postgres has by itself.
const LEAST: u64 = 128;
/// A page is in the system's cache as well, and a checkpoint goes through all buffers.
const MOST: u64 = 8 << 10;

/// The buffers for a machine's memory, in MiB: an eighth of it. Pages of a thousand tenants that do not fit made reads by id
/// 1.6 times slower, and lists 2.3 times.
pub(super) fn shared_buffers(memory: Option<u64>) -> u64 {
    memory.map_or(LEAST, |bytes| (bytes / MIB / 8).clamp(LEAST, MOST))
}

/// Bytes of the machine, or of the container where that is less; `None` where the system does not say it in these files.
pub(super) fn of_machine() -> Option<u64> {
    let total = total(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|limit| limit.trim().parse().ok());
    Some(limit.map_or(total, |limit: u64| limit.min(total)))
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

#[cfg(test)]
mod tests {
    use super::{MIB, shared_buffers, total};

    #[test]
    fn buffers_grow_with_the_machine_within_bounds() {
        let known = [
            (512, 128),
            (2_048, 256),
            (4_096, 512),
            (24_576, 3_072),
            (1 << 20, 8_192),
        ];
        for (memory, buffers) in known {
            assert_eq!(shared_buffers(Some(memory * MIB)), buffers, "{memory} MiB");
        }
        assert_eq!(shared_buffers(None), 128);
    }

    #[test]
    fn the_total_is_read() {
        let meminfo = "MemTotal:       24606744 kB\nMemFree:         1095840 kB\n";
        assert_eq!(total(meminfo), Some(24_606_744 * 1_024));
        assert_eq!(total("MemFree: 1 kB"), None);
    }
}
