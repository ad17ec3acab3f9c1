//! A few worker threads behind a short queue, so that a large file is never in memory as a whole.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The way to hand jobs to the workers.
pub(crate) struct Queue<'a, Job> {
    sender: SyncSender<Job>,
    pending: &'a Pending,
}

#[derive(Default)]
struct Pending {
    count: Mutex<usize>,
    none_left: Condvar,
}

impl<Job> Queue<'_, Job> {
    /// Hands over a job; waits while the workers have enough to do.
    pub(crate) fn push(&self, job: Job) {
        *lock(&self.pending.count) += 1;
        if self.sender.send(job).is_err() {
            self.pending.done();
        }
    }

    /// Waits until everything handed over is done.
    pub(crate) fn drain(&self) {
        let mut count = lock(&self.pending.count);
        while *count > 0 {
            count = self
                .pending
                .none_left
                .wait(count)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Pending {
    fn done(&self) {
        let mut count = lock(&self.count);
        *count -= 1;
        if *count == 0 {
            self.none_left.notify_all();
        }
    }
}

/// Runs `produce` here and `work` on so many threads; returns when all jobs are done.
pub(crate) fn run<Job: Send>(
    threads: usize,
    produce: impl FnOnce(&Queue<'_, Job>),
    work: impl Fn(Job) + Sync,
) {
    let pending = Pending::default();
    let (sender, receiver) = sync_channel(threads);
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(job) = next(&receiver) {
                    work(job);
                    pending.done();
                }
            });
        }
        let queue = Queue {
            sender,
            pending: &pending,
        };
        produce(&queue);
    });
}

fn next<Job>(receiver: &Mutex<Receiver<Job>>) -> Option<Job> {
    lock(receiver).recv().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn every_job_is_done_once_and_drain_waits_for_all() {
        let sum = AtomicUsize::new(0);
        run(
            3,
            |queue| {
                for job in 1..=50 {
                    queue.push(job);
                }
                queue.drain();
                assert_eq!(sum.load(Ordering::SeqCst), 1_275);
                queue.push(1_000);
            },
            |job| {
                thread::sleep(Duration::from_millis(1));
                sum.fetch_add(job, Ordering::SeqCst);
            },
        );
        assert_eq!(sum.load(Ordering::SeqCst), 2_275);
    }
}
