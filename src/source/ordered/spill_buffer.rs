//! Buffers items until their turn: in memory up to a number of rows, and beyond
//! it in a temporary file.

use std::env;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::record::{Cause, Node};
use crate::source::ordered::codec::Spillable;

/// Bytes that are written to the file at once.
const BLOCK_SIZE: usize = 1 << 17;

/// The buffer of items. One for all that share its limit.
///
/// Without a file, a sender waits if the memory is full. With a file, no sender
/// waits: items that find no room are written to the file. If the file fails (a
/// full disk), the data it could not take stays in memory, at most one block;
/// no more is written, and senders wait for memory as they would without a
/// file. Space in the file is not reused: it grows with all data that passes
/// through it, some 170 bytes a row.
pub(crate) struct SpillBuffer {
    row_permits: Arc<Semaphore>,
    max_rows: u32,
    spill_file: Option<Mutex<SpillFile>>,
}

/// Where one item is buffered.
pub(crate) enum Slot {
    Memory(Option<OwnedSemaphorePermit>),
    Disk,
}

/// A buffered item.
pub(crate) enum Buffered<T> {
    /// With its share of the memory, released when the item is taken.
    InMemory(T, Option<OwnedSemaphorePermit>),
    Spilled(SpilledItem),
}

/// Where the bytes of an item are, and what must be known of it without them.
pub(crate) struct SpilledItem {
    nodes: Arc<[Node]>,
    offset: u64,
    len: u32,
    is_final: bool,
}

impl SpillBuffer {
    /// A buffer of so many rows in memory.
    pub(crate) fn in_memory(rows: usize) -> Self {
        let max_rows = u32::try_from(rows).unwrap_or(u32::MAX).max(1);
        Self {
            row_permits: Arc::new(Semaphore::new(max_rows as usize)),
            max_rows,
            spill_file: None,
        }
    }

    /// A buffer of so many rows in memory, and of all others in a file, which
    /// is created when the first block of them is full.
    pub(crate) fn with_file(rows: usize) -> Self {
        Self::with_file_options(rows, create_temp_file, BLOCK_SIZE)
    }

    /// The same, with another file and another block size.
    pub(crate) fn with_file_options(
        rows: usize,
        make: fn() -> io::Result<File>,
        block: usize,
    ) -> Self {
        Self {
            spill_file: Some(Mutex::new(SpillFile {
                create: make,
                file: None,
                written: 0,
                unwritten: Vec::new(),
                block_size: block,
                is_usable: true,
                read_buffer: Vec::new(),
                read_error: None,
            })),
            ..Self::in_memory(rows)
        }
    }

    fn lock_spill_file(&self) -> Option<MutexGuard<'_, SpillFile>> {
        let disk = self.spill_file.as_ref()?;
        Some(disk.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reserves room for an item of so many rows; waits if there is none.
    pub(crate) async fn reserve(&self, rows: usize) -> Slot {
        let wanted = u32::try_from(rows).unwrap_or(u32::MAX).min(self.max_rows);
        if wanted == 0 {
            return Slot::Memory(None);
        }
        let rows = self.row_permits.clone();
        if self.lock_spill_file().is_some_and(|disk| disk.is_usable) {
            return match rows.try_acquire_many_owned(wanted) {
                Ok(permit) => Slot::Memory(Some(permit)),
                Err(_) => Slot::Disk,
            };
        }
        Slot::Memory(rows.acquire_many_owned(wanted).await.ok())
    }

    /// Stores an item in its slot. `nodes` keeps those of the last item: items
    /// of one job are mostly about the same nodes, which need not be kept
    /// twice.
    pub(crate) fn store<T: Spillable>(
        &self,
        item: T,
        slot: Slot,
        nodes: &mut Option<Arc<[Node]>>,
    ) -> Buffered<T> {
        let mut disk = match (slot, self.lock_spill_file()) {
            (Slot::Disk, Some(disk)) => disk,
            (Slot::Memory(permit), _) => return Buffered::InMemory(item, permit),
            (Slot::Disk, None) => return Buffered::InMemory(item, None),
        };
        let mut named = Vec::new();
        let (at, len) = disk.append(|bytes| item.pack(&mut named, bytes));
        let nodes = match nodes {
            Some(known) if known[..] == named[..] => known.clone(),
            _ => nodes.insert(named.into()).clone(),
        };
        Buffered::Spilled(SpilledItem {
            nodes,
            offset: at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
            is_final: item.is_final(),
        })
    }

    /// Takes the item out; must be called in the order of the turns. `None` if
    /// its bytes are lost and only the end of its node can report that.
    pub(crate) fn take<T: Spillable>(&self, buffered: Buffered<T>) -> Option<T> {
        let Some(mut disk) = self.lock_spill_file() else {
            return match buffered {
                Buffered::InMemory(item, _permit) => Some(item),
                Buffered::Spilled(_) => None,
            };
        };
        let mut item = match buffered {
            Buffered::InMemory(item, _permit) => item,
            Buffered::Spilled(packed) => match disk.read_item(&packed) {
                Ok(item) => item,
                Err(error) => {
                    let cause = read_back_error(&error);
                    let item = T::placeholder_for_lost(&packed.nodes, packed.is_final, &cause);
                    disk.read_error = Some(cause);
                    item?
                }
            },
        };
        if item.is_final()
            && let Some(cause) = disk.read_error.take()
        {
            item.mark_incomplete(&cause);
        }
        Some(item)
    }
}

/// The file and its state.
struct SpillFile {
    create: fn() -> io::Result<File>,
    file: Option<File>,
    /// Bytes in the file.
    written: u64,
    /// The bytes after those, up to a block.
    unwritten: Vec<u8>,
    block_size: usize,
    is_usable: bool,
    /// The bytes that were read last.
    read_buffer: Vec<u8>,
    /// Why data of the node being read is missing.
    read_error: Option<Cause>,
}

impl SpillFile {
    /// Appends some bytes: returns their offset and length.
    fn append(&mut self, pack: impl FnOnce(&mut Vec<u8>)) -> (u64, usize) {
        let before = self.unwritten.len();
        pack(&mut self.unwritten);
        let location = (self.written + before as u64, self.unwritten.len() - before);
        if self.unwritten.len() >= self.block_size {
            // Bytes that could not be written are kept, and read from memory.
            self.is_usable = self.flush().is_ok();
        }
        location
    }

    fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.create)()?),
        };
        file.seek(SeekFrom::Start(self.written))?;
        file.write_all(&self.unwritten)?;
        self.written += self.unwritten.len() as u64;
        self.unwritten.clear();
        Ok(())
    }

    fn read_item<T: Spillable>(&mut self, packed: &SpilledItem) -> io::Result<T> {
        let bytes = self.read_bytes(packed.offset, packed.len as usize)?;
        T::unpack(&packed.nodes, bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn read_bytes(&mut self, at: u64, len: usize) -> io::Result<&[u8]> {
        if let Some(inside) = at.checked_sub(self.written) {
            let begin = usize::try_from(inside).unwrap_or(usize::MAX);
            let bytes = self.unwritten.get(begin..begin.saturating_add(len));
            return bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        let Some(file) = &mut self.file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        self.read_buffer.resize(len, 0);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut self.read_buffer)?;
        Ok(&self.read_buffer)
    }
}

fn read_back_error(error: &io::Error) -> Cause {
    Cause {
        code: "Unreadable".into(),
        text: format!(
            "its data was buffered in a temporary file, which cannot be read back ({error}); \
             run again with fewer regions, or with TMPDIR on another disk"
        )
        .into(),
    }
}

/// A file that no other process can open and that is deleted when this process
/// ends. `/tmp` is often in memory, which would defeat its purpose; `/var/tmp`
/// is on a disk.
fn create_temp_file() -> io::Result<File> {
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
pub(super) mod files {
    use super::{File, io};

    pub(crate) fn good() -> io::Result<File> {
        super::create_temp_file()
    }

    pub(crate) fn none() -> io::Result<File> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    /// Like a full disk, it accepts no byte.
    pub(crate) fn full() -> io::Result<File> {
        let file = tempfile::NamedTempFile::new()?;
        File::open(file.path())
    }

    pub(crate) fn unreadable() -> io::Result<File> {
        let file = tempfile::NamedTempFile::new()?;
        File::options().write(true).open(file.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::filter::Filtered;
    use crate::record::{AccountRegion, Outcome};
    use crate::source::event::{NodeEnd, PatchEvent};

    fn node(id: usize) -> Node {
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        Node::requested(&id.to_string(), &location)
    }

    /// Stores an item in the file, if it is spilled.
    fn put(buffer: &SpillBuffer, item: PatchEvent) -> Buffered<PatchEvent> {
        buffer.store(item, Slot::Disk, &mut None)
    }

    fn end(id: usize) -> PatchEvent {
        PatchEvent::End(NodeEnd::new(node(id), Outcome::NoData))
    }

    fn id(item: Option<PatchEvent>) -> usize {
        match item {
            Some(PatchEvent::End(NodeEnd {
                node,
                outcome: Outcome::NoData,
                ..
            })) => node.id.parse().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bytes_that_a_full_disk_refused_are_kept() {
        // Two ends fill a block.
        let buffer = SpillBuffer::with_file_options(1, files::good, 12);
        let mut parcels: Vec<_> = (0..4).map(|at| put(&buffer, end(at))).collect();
        assert!(buffer.lock_spill_file().unwrap().written > 0);
        parcels.push(put(&buffer, end(4)));
        buffer
            .lock_spill_file()
            .unwrap()
            .file
            .replace(files::full().unwrap());
        parcels.push(put(&buffer, end(5)));
        {
            let mut disk = buffer.lock_spill_file().unwrap();
            assert!(!disk.is_usable && !disk.unwritten.is_empty());
            // The bytes that it accepted can be read.
            disk.file = None;
        }
        let back = parcels.split_off(4);
        assert_eq!(
            back.into_iter()
                .map(|buffered| id(buffer.take(buffered)))
                .collect::<Vec<_>>(),
            [4, 5]
        );
    }

    #[test]
    fn no_file_is_created_before_a_block_is_full() {
        let buffer = SpillBuffer::with_file_options(1, || unreachable!("a file"), 1_000);
        let parcels: Vec<_> = (0..9).map(|at| put(&buffer, end(at))).collect();
        for (at, buffered) in parcels.into_iter().enumerate() {
            assert_eq!(id(buffer.take(buffered)), at);
        }
    }

    #[test]
    fn a_node_whose_rows_are_lost_is_unread() {
        let buffer = SpillBuffer::with_file_options(1, files::unreadable, 1);
        let rows = put(&buffer, PatchEvent::Rows(Filtered::default()));
        let ends: Vec<_> = (1..3)
            .map(|at| buffer.store(end(at), Slot::Memory(None), &mut None))
            .collect();
        assert!(buffer.take(rows).is_none());
        let mut ends = ends.into_iter().map(|buffered| buffer.take(buffered));
        let Some(Some(PatchEvent::End(NodeEnd {
            outcome: Outcome::Unread(cause),
            ..
        }))) = ends.next()
        else {
            panic!("taken for a node without rows");
        };
        assert!(cause.text.contains("temporary file"));
        assert_eq!(id(ends.next().unwrap()), 2, "and the next is not affected");
    }
}
