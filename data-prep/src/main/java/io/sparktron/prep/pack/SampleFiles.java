package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The samples of a split in the order of their keys, and how they are divided into files.
 *
 * @param split name of the split
 * @param bucketStart [buckets] number of the first sample of each bucket of keys
 * @param samples K
 * @param sequence S
 * @param samplesPerFile F
 */
record SampleFiles(String split, long[] bucketStart, long samples, int sequence, int samplesPerFile)
        implements Serializable {
    static final StructType NUMBERED = new StructType()
            .add("file", DataTypes.IntegerType, false)
            .add("number", DataTypes.LongType, false) // of the sample in its split
            .add("second", DataTypes.IntegerType, false)
            .add("swapped", DataTypes.BooleanType, false)
            .add("ids", DataTypes.BinaryType, false);

    /** @param samplesOfBucket [buckets] */
    static SampleFiles of(String split, long[] samplesOfBucket, int sequence, int samplesPerFile) {
        return new SampleFiles(
                split,
                TokenStream.starts(samplesOfBucket),
                Arrays.stream(samplesOfBucket).sum(),
                sequence,
                samplesPerFile);
    }

    int files() {
        return Math.toIntExact((samples + samplesPerFile - 1) / samplesPerFile);
    }

    long firstSample(int file) {
        return (long) file * samplesPerFile;
    }

    long samplesIn(int file) {
        return Math.min(samplesPerFile, samples - firstSample(file));
    }

    /** Numbers the samples of a partition, whole buckets in order of their keys. */
    record Number(SampleFiles files) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            int[] bucket = {-1};
            long[] next = {0};
            return new Mapped<>(sorted, sample -> {
                if (sample.getInt(0) != bucket[0]) {
                    bucket[0] = sample.getInt(0);
                    next[0] = files.bucketStart()[bucket[0]];
                }
                long number = next[0]++;
                int file = (int) (number / files.samplesPerFile());
                return RowFactory.create(file, number, sample.getInt(3), sample.getBoolean(4), sample.get(5));
            });
        }
    }
}
