package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Exact Jaccard indices of pairs. The pairs of a centre are cut into chunks of {@value #CHUNK}; a chunk is the shingles of the centre followed by
 * those of its members, so that a task holds two sets at a time and the members of a giant centre are spread over many tasks.
 */
final class Verification {
    private static final int CHUNK = 1024;
    private static final int CENTRE = 0;
    private static final int MEMBER = 1;

    private static final StructType SETS =
            new StructType().add("id", DataTypes.LongType, false).add("shingles", DataTypes.BinaryType, false);

    private static final StructType REQUESTS = new StructType()
            .add("centre", DataTypes.LongType, false)
            .add("chunk", DataTypes.IntegerType, false)
            .add("role", DataTypes.IntegerType, false)
            .add("id", DataTypes.LongType, false)
            .add("member_rank", DataTypes.LongType, false)
            .add("centre_rank", DataTypes.LongType, false);

    static final StructType VERIFIED = new StructType()
            .add("member", DataTypes.LongType, false)
            .add("member_rank", DataTypes.LongType, false)
            .add("centre", DataTypes.LongType, false)
            .add("centre_rank", DataTypes.LongType, false)
            .add("similarity", DataTypes.DoubleType, false);

    private Verification() {}

    /**
     * @param texts {@code id, text}
     * @return {@code id, shingles}: a sorted set for each text
     */
    static Dataset<Row> sets(Dataset<Row> texts, DuplicateSettings settings) {
        return texts.mapPartitions(new ToSets(settings.unit(), settings.shingle()), Encoders.row(SETS));
    }

    /**
     * @param pairs {@code member, member_rank, centre, centre_rank}, with repetitions
     * @param sets {@code id, shingles} of all of them
     * @return each pair once, with its similarity
     */
    static Dataset<Row> of(Dataset<Row> pairs, Dataset<Row> sets) {
        return pairs.repartition(col("centre"))
                .sortWithinPartitions("centre", "member")
                .mapPartitions(new ToRequests(), Encoders.row(REQUESTS))
                .join(sets, new String[] {"id"}, "left")
                .select("centre", "chunk", "role", "id", "member_rank", "centre_rank", "shingles")
                .repartition(col("centre"), col("chunk"))
                .sortWithinPartitions("centre", "chunk", "role")
                .mapPartitions(new Compare(), Encoders.row(VERIFIED));
    }

    private record ToSets(ShingleUnit unit, int shingle) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> texts) {
            Shingles shingles = new Shingles(unit, shingle);
            return new MappedRows(
                    texts,
                    row -> RowFactory.create(
                            row.getLong(0),
                            ShingleSet.of(row.getString(1), shingles).toBytes()));
        }
    }

    private record ToRequests() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            return new Requests(sorted);
        }
    }

    private static final class Requests extends QueuedRows {
        private final Iterator<Row> sorted;
        private long centre;
        private long member;
        private long members;

        Requests(Iterator<Row> sorted) {
            this.sorted = sorted;
        }

        @Override
        boolean advance() {
            if (!sorted.hasNext()) {
                return false;
            }
            Row pair = sorted.next();
            if (members > 0 && pair.getLong(2) == centre && pair.getLong(0) == member) {
                return true;
            }
            members = members > 0 && pair.getLong(2) == centre ? members : 0;
            member = pair.getLong(0);
            centre = pair.getLong(2);
            int chunk = (int) (members / CHUNK);
            if (members % CHUNK == 0) {
                emit(RowFactory.create(centre, chunk, CENTRE, centre, pair.getLong(3), pair.getLong(3)));
            }
            emit(RowFactory.create(centre, chunk, MEMBER, member, pair.getLong(1), pair.getLong(3)));
            members++;
            return true;
        }
    }

    private record Compare() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            return new Comparison(sorted);
        }
    }

    private static final class Comparison extends QueuedRows {
        private final Iterator<Row> sorted;
        private long centre;
        private int chunk;
        private ShingleSet set;

        Comparison(Iterator<Row> sorted) {
            this.sorted = sorted;
        }

        @Override
        boolean advance() {
            if (!sorted.hasNext()) {
                return false;
            }
            Row row = sorted.next();
            if (row.isNullAt(6)) {
                throw new IllegalStateException("document " + row.getLong(3) + " has a signature but no text");
            }
            ShingleSet shingles = ShingleSet.of(row.<byte[]>getAs(6));
            if (row.getInt(2) == CENTRE) {
                centre = row.getLong(0);
                chunk = row.getInt(1);
                set = shingles;
                return true;
            }
            if (set == null || centre != row.getLong(0) || chunk != row.getInt(1)) {
                throw new IllegalStateException("pairs of document " + row.getLong(0) + " without its shingles");
            }
            emit(RowFactory.create(row.getLong(3), row.getLong(4), centre, row.getLong(5), set.jaccard(shingles)));
            return true;
        }
    }
}
