//! The directory of the Unix socket: private, and short enough for the system's limit on socket names.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use crate::{Error, account::Account, cluster::Cluster};

/// Part of the socket's name, nothing listens on TCP.
pub(super) const PORT: u16 = 5432;

/// Bytes in a socket's path: 107 on Linux, 103 on macOS.
const LIMIT: usize = 103;

/// The socket's directory. One made for it is removed with it.
#[derive(Debug)]
pub(super) struct SocketDirectory {
    path: PathBuf,
    temporary: bool,
}

impl SocketDirectory {
    /// The cluster's own directory, which is private already, else a short one.
    pub(super) fn choose(cluster: &Cluster) -> Result<SocketDirectory, Error> {
        if fits(&cluster.directory) {
            return Ok(SocketDirectory {
                path: cluster.directory.clone(),
                temporary: false,
            });
        }
        let mut hasher = DefaultHasher::new();
        cluster.directory.hash(&mut hasher);
        let name = format!("tessera-{:016x}", hasher.finish());
        let path = env::var_os("XDG_RUNTIME_DIR")
            .map(|runtime| PathBuf::from(runtime).join(&name))
            .filter(|path| path.is_absolute() && fits(path) && cluster.account.is_none())
            .unwrap_or_else(|| Path::new("/tmp").join(&name));
        make_private(&path, cluster.account)?;
        Ok(SocketDirectory {
            path,
            temporary: true,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// As the setting `unix_socket_directories`, which is a list.
    pub(super) fn setting(&self) -> String {
        let path = self.path.to_str().expect("only UTF-8 paths are chosen");
        format!("\"{}\"", path.replace('"', "\"\""))
    }
}

impl Drop for SocketDirectory {
    fn drop(&mut self) {
        if self.temporary {
            // A Postgres still shutting down has its socket in it, and then it stays.
            let _not_empty = fs::remove_dir(&self.path);
        }
    }
}

/// The socket that Postgres makes in `directory`.
pub(super) fn in_directory(directory: &Path, port: u16) -> PathBuf {
    directory.join(format!(".s.PGSQL.{port}"))
}

fn fits(directory: &Path) -> bool {
    let socket = in_directory(directory, PORT);
    // The lock file beside the socket has a longer name, but only the socket's is limited.
    socket.to_str().is_some_and(|path| path.len() <= LIMIT)
}

/// Makes the directory, or sees that an existing one is ours: anyone may have made one in `/tmp`.
fn make_private(path: &Path, account: Option<Account>) -> Result<(), Error> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Error::io("make", path)(error));
        }
        _made_or_there => {}
    }
    let found = fs::symlink_metadata(path).map_err(Error::io("look at", path))?;
    let ours = rustix::process::geteuid().as_raw();
    let owned = found.uid() == ours || account.is_some_and(|account| found.uid() == account.uid);
    if !(found.is_dir() && owned && found.mode() & 0o077 == 0) {
        return Err(Error::SocketDirectory(path.to_owned()));
    }
    account
        .map_or(Ok(()), |account| account.own(path))
        .map_err(Error::io("give away", path))
}
