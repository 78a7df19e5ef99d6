//! What waits for its turn: in memory as far as a bound of rows goes, and
//! beyond it in a temporary file.
//!
//! Knows semaphores, bytes and the one file. Must not know what an item is,
//! nor whose turn it is.

use std::env;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::record::{Node, Why};
use crate::source::ordered::codec::Spill;

/// Bytes that are written to the file together.
const BLOCK: usize = 1 << 17;

/// Where items wait. One for all that share its bound.
///
/// Without a file, whoever finds the memory full waits for room in it. With
/// one, nobody waits: what finds no room goes to the file, as bytes. Should
/// the file fail (a full disk), what it was to take stays in memory, at most
/// one block, nothing goes there any more, and everybody waits for memory as
/// if there had never been one. Room in the file is not used twice: it grows by
/// all that ever passes through it, some 170 bytes a row.
pub struct Hold {
    rows: Arc<Semaphore>,
    most_rows: u32,
    disk: Option<Mutex<Disk>>,
}

/// Where one item may wait.
pub enum Room {
    Memory(Option<OwnedSemaphorePermit>),
    Disk,
}

/// An item on its way to its turn.
pub enum Parcel<T> {
    /// With its share of the memory, given back when it is opened.
    Item(T, Option<OwnedSemaphorePermit>),
    Packed(Packed),
}

/// Where the bytes of an item are, and what must be known of it without them.
pub struct Packed {
    nodes: Arc<[Node]>,
    at: u64,
    len: u32,
    closes: bool,
}

impl Hold {
    /// Room for so many rows in memory.
    pub fn in_memory(rows: usize) -> Self {
        let most_rows = u32::try_from(rows).unwrap_or(u32::MAX).max(1);
        Self {
            rows: Arc::new(Semaphore::new(most_rows as usize)),
            most_rows,
            disk: None,
        }
    }

    /// Room for so many rows in memory, and for all others in a file, which is
    /// made when the first block of them is full.
    pub fn with_file(rows: usize) -> Self {
        Self::with(rows, temporary, BLOCK)
    }

    /// The same, with another file and other blocks.
    pub fn with(rows: usize, make: fn() -> io::Result<File>, block: usize) -> Self {
        Self {
            disk: Some(Mutex::new(Disk {
                make,
                file: None,
                written: 0,
                tail: Vec::new(),
                block,
                works: true,
                read: Vec::new(),
                lost: None,
            })),
            ..Self::in_memory(rows)
        }
    }

    fn disk(&self) -> Option<MutexGuard<'_, Disk>> {
        let disk = self.disk.as_ref()?;
        Some(disk.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Finds room for an item of so many rows; waits where there is none.
    pub async fn room(&self, rows: usize) -> Room {
        let wanted = u32::try_from(rows).unwrap_or(u32::MAX).min(self.most_rows);
        if wanted == 0 {
            return Room::Memory(None);
        }
        let rows = self.rows.clone();
        if self.disk().is_some_and(|disk| disk.works) {
            return match rows.try_acquire_many_owned(wanted) {
                Ok(permit) => Room::Memory(Some(permit)),
                Err(_) => Room::Disk,
            };
        }
        Room::Memory(rows.acquire_many_owned(wanted).await.ok())
    }

    /// Puts an item into its room. `nodes` remembers those of the last one:
    /// what comes of one job is mostly about the same, and need not keep them twice.
    pub fn put<T: Spill>(&self, item: T, room: Room, nodes: &mut Option<Arc<[Node]>>) -> Parcel<T> {
        let mut disk = match (room, self.disk()) {
            (Room::Disk, Some(disk)) => disk,
            (Room::Memory(permit), _) => return Parcel::Item(item, permit),
            (Room::Disk, None) => return Parcel::Item(item, None),
        };
        let mut named = Vec::new();
        let (at, len) = disk.append(|bytes| item.pack(&mut named, bytes));
        let nodes = match nodes {
            Some(known) if known[..] == named[..] => known.clone(),
            _ => nodes.insert(named.into()).clone(),
        };
        Parcel::Packed(Packed {
            nodes,
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
            closes: item.closes(),
        })
    }

    /// Takes the item out; to be called in the order of the turns. `None` when it is lost and nothing can stand for it
    /// but the end of its node, which will say so.
    pub fn open<T: Spill>(&self, parcel: Parcel<T>) -> Option<T> {
        let Some(mut disk) = self.disk() else {
            return match parcel {
                Parcel::Item(item, _permit) => Some(item),
                Parcel::Packed(_) => None,
            };
        };
        let mut item = match parcel {
            Parcel::Item(item, _permit) => item,
            Parcel::Packed(packed) => match disk.unpack(&packed) {
                Ok(item) => item,
                Err(error) => {
                    let why = lost(&error);
                    let item = T::lost(&packed.nodes, packed.closes, &why);
                    disk.lost = Some(why);
                    item?
                }
            },
        };
        if item.closes()
            && let Some(why) = disk.lost.take()
        {
            item.spoil(&why);
        }
        Some(item)
    }
}

/// The file and what goes through it.
struct Disk {
    make: fn() -> io::Result<File>,
    file: Option<File>,
    /// Bytes in the file.
    written: u64,
    /// The bytes after those, up to a block.
    tail: Vec<u8>,
    block: usize,
    works: bool,
    /// The bytes that were read last.
    read: Vec<u8>,
    /// Why something of the node being read is missing.
    lost: Option<Why>,
}

impl Disk {
    /// Adds some bytes: where they begin, and how many they are.
    fn append(&mut self, pack: impl FnOnce(&mut Vec<u8>)) -> (u64, usize) {
        let before = self.tail.len();
        pack(&mut self.tail);
        let place = (self.written + before as u64, self.tail.len() - before);
        if self.tail.len() >= self.block {
            // What could not be written is still here, and is read from here.
            self.works = self.write().is_ok();
        }
        place
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.make)()?),
        };
        file.seek(SeekFrom::Start(self.written))?;
        file.write_all(&self.tail)?;
        self.written += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }

    fn unpack<T: Spill>(&mut self, packed: &Packed) -> io::Result<T> {
        let bytes = self.bytes(packed.at, packed.len as usize)?;
        T::unpack(&packed.nodes, bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn bytes(&mut self, at: u64, len: usize) -> io::Result<&[u8]> {
        if let Some(inside) = at.checked_sub(self.written) {
            let begin = usize::try_from(inside).unwrap_or(usize::MAX);
            let bytes = self.tail.get(begin..begin.saturating_add(len));
            return bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        let Some(file) = &mut self.file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        self.read.resize(len, 0);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut self.read)?;
        Ok(&self.read)
    }
}

fn lost(error: &io::Error) -> Why {
    Why {
        code: "Unreadable".into(),
        text: format!(
            "what was read of it waited for its turn in a temporary file, which cannot be read back ({error}); \
             ask again, for fewer regions at once or with TMPDIR on another disk"
        )
        .into(),
    }
}

/// A file that nobody else can open and that is gone with the process. `/tmp`
/// is often kept in memory, which would defeat it, and `/var/tmp` on a disk.
fn temporary() -> io::Result<File> {
    if cfg!(unix)
        && env::var_os("TMPDIR").is_none()
        && let Ok(file) = tempfile::tempfile_in("/var/tmp")
    {
        return Ok(file);
    }
    tempfile::tempfile()
}

/// Files that fail.
#[cfg(test)]
pub mod files {
    use super::{File, io};

    pub fn good() -> io::Result<File> {
        super::temporary()
    }

    pub fn none() -> io::Result<File> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    /// As a full disk, it takes no byte.
    pub fn full() -> io::Result<File> {
        let file = tempfile::NamedTempFile::new()?;
        File::open(file.path())
    }

    pub fn unreadable() -> io::Result<File> {
        let file = tempfile::NamedTempFile::new()?;
        File::options().write(true).open(file.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::filter::Sifted;
    use crate::record::{Outcome, Place};
    use crate::source::{End, PatchEvent};

    fn node(id: usize) -> Node {
        let place = Arc::new(Place {
            region: "eu-west-1".into(),
            account: None,
        });
        Node::asked(&id.to_string(), &place)
    }

    /// Puts an item into the file, if it goes there.
    fn put(hold: &Hold, item: PatchEvent) -> Parcel<PatchEvent> {
        hold.put(item, Room::Disk, &mut None)
    }

    fn end(id: usize) -> PatchEvent {
        PatchEvent::End(End::new(node(id), Outcome::NoData))
    }

    fn id(item: Option<PatchEvent>) -> usize {
        match item {
            Some(PatchEvent::End(End {
                node,
                outcome: Outcome::NoData,
                ..
            })) => node.id.parse().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_disk_that_fills_up_did_not_take_is_still_here() {
        // Two ends fill a block.
        let hold = Hold::with(1, files::good, 12);
        let mut parcels: Vec<_> = (0..4).map(|at| put(&hold, end(at))).collect();
        assert!(hold.disk().unwrap().written > 0);
        parcels.push(put(&hold, end(4)));
        hold.disk().unwrap().file.replace(files::full().unwrap());
        parcels.push(put(&hold, end(5)));
        {
            let mut disk = hold.disk().unwrap();
            assert!(!disk.works && !disk.tail.is_empty());
            // What it had taken can be read.
            disk.file = None;
        }
        let back = parcels.split_off(4);
        assert_eq!(
            back.into_iter()
                .map(|parcel| id(hold.open(parcel)))
                .collect::<Vec<_>>(),
            [4, 5]
        );
    }

    #[test]
    fn no_file_is_made_before_a_block_is_full() {
        let hold = Hold::with(1, || unreachable!("a file"), 1_000);
        let parcels: Vec<_> = (0..9).map(|at| put(&hold, end(at))).collect();
        for (at, parcel) in parcels.into_iter().enumerate() {
            assert_eq!(id(hold.open(parcel)), at);
        }
    }

    #[test]
    fn a_node_whose_rows_are_lost_does_not_end_as_if_it_had_none() {
        let hold = Hold::with(1, files::unreadable, 1);
        let rows = put(&hold, PatchEvent::Rows(Sifted::default()));
        let ends: Vec<_> = (1..3)
            .map(|at| hold.put(end(at), Room::Memory(None), &mut None))
            .collect();
        assert!(hold.open(rows).is_none());
        let mut ends = ends.into_iter().map(|parcel| hold.open(parcel));
        let Some(Some(PatchEvent::End(End {
            outcome: Outcome::Unread(why),
            ..
        }))) = ends.next()
        else {
            panic!("taken for a node without rows");
        };
        assert!(why.text.contains("temporary file"));
        assert_eq!(id(ends.next().unwrap()), 2, "and the next is not touched");
    }
}
