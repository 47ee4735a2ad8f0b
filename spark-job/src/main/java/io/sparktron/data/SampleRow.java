package io.sparktron.data;

import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** The row that Parquet's record reader fills, over and over: no object is made for a token. */
final class SampleRow {
    private final int[] ids;
    private final MessageType schema;
    private long sample;
    private int count;

    /**
     * @param length ids that are kept; more are only counted
     */
    SampleRow(MessageType schema, int length) {
        this.schema = schema;
        this.ids = new int[length];
    }

    long sample() {
        return sample;
    }

    /** Ids of the row, also those beyond the kept. */
    int count() {
        return count;
    }

    int[] ids() {
        return ids;
    }

    RecordMaterializer<SampleRow> materializer() {
        GroupConverter root = new Fields(schema) {
            @Override
            public void start() {
                sample = -1;
                count = 0;
            }
        };
        return new RecordMaterializer<>() {
            @Override
            public SampleRow getCurrentRecord() {
                return SampleRow.this;
            }

            @Override
            public GroupConverter getRootConverter() {
                return root;
            }
        };
    }

    /** A group of the schema: every INT32 leaf below it is a token, its INT64 leaf the sample's number. */
    private class Fields extends GroupConverter {
        private final Converter[] fields;

        Fields(GroupType group) {
            fields = group.getFields().stream().map(this::converter).toArray(Converter[]::new);
        }

        private Converter converter(Type type) {
            return type.isPrimitive() ? new Leaf() : new Fields(type.asGroupType());
        }

        @Override
        public Converter getConverter(int field) {
            return fields[field];
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }

    private final class Leaf extends PrimitiveConverter {
        @Override
        public void addInt(int value) {
            if (count < ids.length) {
                ids[count] = value;
            }
            count++;
        }

        @Override
        public void addLong(long value) {
            sample = value;
        }
    }
}
