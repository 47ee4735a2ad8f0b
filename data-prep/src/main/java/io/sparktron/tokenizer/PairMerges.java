package io.sparktron.tokenizer;

import java.util.Arrays;

/**
 * Merges the tokens of one word: always the pair of the smallest rank, of several the leftmost, until no pair has one (Sennrich et al. 2016). Short words are searched anew for each merge,
 * long ones keep their pairs in a heap, so that n bytes take O(n log n).
 */
final class PairMerges {
    private static final int LONG = 100; // tokens

    private final PairRanks ranks;
    private final int[] merged;

    /** @param merged the id that a pair becomes, by its rank */
    PairMerges(PairRanks ranks, int[] merged) {
        this.ranks = ranks;
        this.merged = merged;
    }

    /** Merges {@code ids[0 ... count - 1]} in place and returns how many are left. */
    int merge(int[] ids, int count) {
        return count < LONG ? mergeShort(ids, count) : new Heap(ids, count).merge();
    }

    private int mergeShort(int[] ids, int length) {
        int count = length;
        while (count > 1) {
            int best = PairRanks.NONE;
            int at = 0;
            for (int i = 0; i + 1 < count; i++) {
                int rank = ranks.rank(ids[i], ids[i + 1]);
                if (rank < best) {
                    best = rank;
                    at = i;
                }
            }
            if (best == PairRanks.NONE) {
                break;
            }
            ids[at] = merged[best];
            System.arraycopy(ids, at + 2, ids, at + 1, count - at - 2);
            count--;
        }
        return count;
    }

    /** The tokens as a linked list, and a binary heap of their pairs: rank, then place. A pair that has changed since is passed over. */
    private final class Heap {
        private static final int GONE = -1;

        private final int[] ids;
        private final int[] next;
        private final int[] before;
        private long[] heap;
        private int size;

        Heap(int[] ids, int count) {
            this.ids = ids;
            this.next = new int[count];
            this.before = new int[count];
            this.heap = new long[count];
            for (int i = 0; i < count; i++) {
                next[i] = i + 1;
                before[i] = i - 1;
            }
            for (int i = 0; i < count; i++) {
                offer(i);
            }
        }

        int merge() {
            int count = next.length;
            while (size > 0) {
                long best = poll();
                int at = (int) best;
                int rank = (int) (best >>> Integer.SIZE);
                if (ids[at] == GONE || rankAt(at) != rank) {
                    continue;
                }
                int gone = next[at];
                ids[at] = merged[rank];
                ids[gone] = GONE;
                next[at] = next[gone];
                if (next[at] < count) {
                    before[next[at]] = at;
                }
                offer(at);
                if (before[at] >= 0) {
                    offer(before[at]);
                }
            }
            int left = 0;
            for (int i = 0; i < count; i = next[i]) {
                ids[left++] = ids[i];
            }
            return left;
        }

        private int rankAt(int at) {
            return next[at] < next.length ? ranks.rank(ids[at], ids[next[at]]) : PairRanks.NONE;
        }

        private void offer(int at) {
            int rank = rankAt(at);
            if (rank == PairRanks.NONE) {
                return;
            }
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, heap.length + (heap.length >> 1));
            }
            long added = (long) rank << Integer.SIZE | at;
            int slot = size++;
            while (slot > 0 && heap[slot - 1 >> 1] > added) {
                heap[slot] = heap[slot - 1 >> 1];
                slot = slot - 1 >> 1;
            }
            heap[slot] = added;
        }

        private long poll() {
            long least = heap[0];
            long last = heap[--size];
            int slot = 0;
            for (int child = 1; child < size; child = 2 * slot + 1) {
                if (child + 1 < size && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (heap[child] >= last) {
                    break;
                }
                heap[slot] = heap[child];
                slot = child;
            }
            heap[slot] = last;
            return least;
        }
    }
}
