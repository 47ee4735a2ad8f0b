package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The two columns of a GPT token dataset inside whatever schema a file has. Parquet nests a list in two or three levels, of names that differ
 * from writer to writer; all have one repeated field and one INT32 leaf, which is what counts here.
 *
 * @param columns the part of the file's schema that is read
 * @param sample INT64, one value a row
 * @param tokens INT32, any number of values a row
 */
record SampleSchema(MessageType columns, ColumnDescriptor sample, ColumnDescriptor tokens) {
    private static final String SAMPLE = "sample";
    private static final String TOKENS = "tokens";

    /**
     * Finds the columns.
     *
     * @throws InvalidInputException if one is missing or of another type
     */
    static SampleSchema of(MessageType schema, Path file) {
        return new SampleSchema(
                new MessageType(schema.getName(), field(schema, SAMPLE, file), field(schema, TOKENS, file)),
                leaf(schema, SAMPLE, PrimitiveTypeName.INT64, 0, "INT64", file),
                leaf(schema, TOKENS, PrimitiveTypeName.INT32, 1, "a list of INT32", file));
    }

    private static Type field(MessageType schema, String name, Path file) {
        if (!schema.containsField(name)) {
            throw new InvalidInputException(
                    file + " has no column " + name + "; legal: sample and tokens among its columns, which are "
                            + schema.getFields().stream().map(Type::getName).toList());
        }
        return schema.getType(name);
    }

    private static ColumnDescriptor leaf(
            MessageType schema, String name, PrimitiveTypeName type, int repeated, String legal, Path file) {
        List<ColumnDescriptor> leaves = schema.getColumns().stream()
                .filter(column -> column.getPath()[0].equals(name))
                .toList();
        ColumnDescriptor leaf = leaves.get(0);
        if (leaves.size() != 1
                || leaf.getPrimitiveType().getPrimitiveTypeName() != type
                || leaf.getMaxRepetitionLevel() != repeated) {
            throw new InvalidInputException(file + " has column " + name + " of type "
                    + schema.getType(name).toString().replaceAll("\\s+", " ") + "; legal: " + legal);
        }
        return leaf;
    }
}
