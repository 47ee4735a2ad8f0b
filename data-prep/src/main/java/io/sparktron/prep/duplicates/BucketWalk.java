package io.sparktron.prep.duplicates;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One round over the buckets. The first documents of a bucket by precedence, its centres, are to be compared with every later one, and leave the
 * bucket; the others stay for the next round. A bucket streams through one task, which holds {@code cap} rows of it at most.
 *
 * <p>A dropped document is no centre, and is compared only with centres that precede its survivor: one of them may yet be an earlier survivor.
 *
 * @param sketch which pairs are worth comparing
 * @param cap documents of a bucket, above which it is a giant
 * @param centres of a bucket of {@code cap} documents at most
 * @param giantCentres of a larger bucket
 * @param giantsEnd whether what is left of a larger bucket is given up
 * @param report whether larger buckets are reported
 */
record BucketWalk(Sketch sketch, int cap, int centres, int giantCentres, boolean giantsEnd, boolean report)
        implements MapPartitionsFunction<Row, Row> {
    /** A document (the first: not {@code open}) that stays: survivor and its rank in {@code other}, {@code other_rank} if it is dropped. */
    static final int REST = 0;
    /** A pair: the centre and its rank in {@code other}, {@code other_rank}. */
    static final int EDGE = 1;
    /** A bucket above the cap: its first document, its size in {@code other}. */
    static final int GIANT = 2;

    static final StructType BUCKETS = new StructType()
            .add("bucket", DataTypes.LongType, false)
            .add("band", DataTypes.IntegerType, false)
            .add("rank", DataTypes.LongType, false)
            .add("id", DataTypes.LongType, false)
            .add("other_rank", DataTypes.LongType, true)
            .add("other", DataTypes.LongType, true)
            .add("sketch", DataTypes.BinaryType, true); // null in pairs

    private static final StructType WALKED = BUCKETS.add("kind", DataTypes.IntegerType, false)
            .add("open", DataTypes.BooleanType, false); // whether a document before it may still be a partner

    /** @param buckets rows of {@link #BUCKETS}; {@code other} is the survivor of a dropped document, else null */
    Dataset<Row> over(Dataset<Row> buckets) {
        return buckets.repartition(buckets.col("bucket"))
                .sortWithinPartitions("bucket", "rank", "id")
                .mapPartitions(this, Encoders.row(WALKED));
    }

    @Override
    public Iterator<Row> call(Iterator<Row> sorted) {
        return new Walk(sorted);
    }

    private record Member(
            long rank, long id, boolean dropped, long survivorRank, long survivor, byte[] packed, long[] sketch) {
        static Member of(Row row) {
            boolean dropped = !row.isNullAt(5);
            byte[] packed = row.getAs(6);
            return new Member(
                    row.getLong(2),
                    row.getLong(3),
                    dropped,
                    dropped ? row.getLong(4) : 0,
                    dropped ? row.getLong(5) : 0,
                    packed,
                    Sketch.unpack(packed));
        }

        boolean wants(Member centre) {
            return !dropped || Precedence.precedes(centre.rank, centre.id, survivorRank, survivor);
        }
    }

    private final class Walk extends QueuedRows {
        private final Iterator<Row> sorted;
        private Row ahead;

        // Of the bucket under way.
        private boolean inside;
        private long bucket;
        private int band;
        private long size;
        private long firstId;
        private boolean giant;
        private final List<Member> head = new ArrayList<>();
        private final List<Member> chosen = new ArrayList<>();
        private Member first; // the next centre, which stays; emitted once there is someone to wait for it
        private boolean firstEmitted;

        Walk(Iterator<Row> sorted) {
            this.sorted = sorted;
            this.ahead = sorted.hasNext() ? sorted.next() : null;
        }

        @Override
        boolean advance() {
            if (inside) {
                if (ahead != null && ahead.getLong(0) == bucket) {
                    size++;
                    take(Member.of(pop()));
                } else {
                    close();
                }
                return true;
            }
            if (ahead == null) {
                return false;
            }
            open();
            return true;
        }

        private Row pop() {
            Row row = ahead;
            ahead = sorted.hasNext() ? sorted.next() : null;
            return row;
        }

        private void open() {
            bucket = ahead.getLong(0);
            band = ahead.getInt(1);
            firstId = ahead.getLong(3);
            head.clear();
            chosen.clear();
            first = null;
            firstEmitted = false;
            while (head.size() <= cap && ahead != null && ahead.getLong(0) == bucket) {
                head.add(Member.of(pop()));
            }
            size = head.size();
            giant = size > cap;
            inside = true;
            if (size > 1) {
                head.forEach(this::take);
            }
            head.clear();
        }

        private void close() {
            if (giant && report) {
                emit(row(0, firstId, null, size, null, GIANT, false));
            }
            inside = false;
        }

        private void take(Member member) {
            for (Member centre : chosen) {
                if (member.wants(centre) && sketch.admits(member.sketch, centre.sketch)) {
                    emit(row(member.rank, member.id, centre.rank, centre.id, null, EDGE, false));
                }
            }
            if (!member.dropped && chosen.size() < (giant ? giantCentres : centres)) {
                chosen.add(member);
            } else if (!(giant && giantsEnd)) {
                stay(member);
            }
        }

        private void stay(Member member) {
            if (first == null) {
                first = member.dropped ? null : member; // a dropped one has nobody left to wait for
            } else if (member.wants(first)) {
                if (!firstEmitted) {
                    emit(rest(first, false));
                    firstEmitted = true;
                }
                emit(rest(member, true));
            }
        }

        private Row rest(Member member, boolean open) {
            Long survivorRank = member.dropped ? member.survivorRank : null;
            Long survivor = member.dropped ? member.survivor : null;
            return row(member.rank, member.id, survivorRank, survivor, member.packed, REST, open && !member.dropped);
        }

        private Row row(long rank, long id, Long otherRank, Long other, byte[] packed, int kind, boolean open) {
            return RowFactory.create(bucket, band, rank, id, otherRank, other, packed, kind, open);
        }
    }
}
