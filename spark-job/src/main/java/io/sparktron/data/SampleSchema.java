package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The columns of a token dataset inside whatever schema a file has. Parquet nests a list in two or three levels, of names that differ
 * from writer to writer; all have one repeated field and one INT32 leaf, which is what counts here.
 *
 * @param columns the part of the file's schema that is read
 * @param sample INT64, one value a row
 * @param tokens INT32, any number of values a row
 * @param second INT32, one value a row; null for GPT
 * @param swapped BOOLEAN, one value a row; null for GPT
 * @param labels INT32, any number of values a row; null for GPT, and where the file has no such column
 */
record SampleSchema(
        MessageType columns,
        ColumnDescriptor sample,
        ColumnDescriptor tokens,
        ColumnDescriptor second,
        ColumnDescriptor swapped,
        ColumnDescriptor labels) {
    static final String TOKENS = "tokens";
    static final String LABELS = "labels";
    private static final String SAMPLE = "sample";
    private static final String SECOND = "second";
    private static final String SWAPPED = "swapped";

    /**
     * Finds the columns.
     *
     * @param family of the dataset, as its manifest says
     * @throws InvalidInputException if one is missing or of another type
     */
    static SampleSchema of(MessageType schema, String family, Path file) {
        boolean bert = family.equals(Manifest.BERT);
        boolean labelled = bert && schema.containsField(LABELS);
        List<String> names = new ArrayList<>(List.of(SAMPLE, TOKENS));
        if (bert) {
            names.addAll(List.of(SECOND, SWAPPED));
        }
        requireFields(schema, names, file);
        if (labelled) {
            names.add(LABELS);
        }
        return new SampleSchema(
                new MessageType(
                        schema.getName(),
                        names.stream().map(name -> schema.getType(name)).toList()),
                leaf(schema, SAMPLE, PrimitiveTypeName.INT64, 0, "INT64", file),
                leaf(schema, TOKENS, PrimitiveTypeName.INT32, 1, "a list of INT32", file),
                bert ? leaf(schema, SECOND, PrimitiveTypeName.INT32, 0, "INT32", file) : null,
                bert ? leaf(schema, SWAPPED, PrimitiveTypeName.BOOLEAN, 0, "BOOLEAN", file) : null,
                labelled ? leaf(schema, LABELS, PrimitiveTypeName.INT32, 1, "a list of INT32", file) : null);
    }

    /** Whether a row may have null in this column as a whole. */
    boolean isNullable(String column) {
        return columns.getType(column).isRepetition(Type.Repetition.OPTIONAL);
    }

    private static void requireFields(MessageType schema, List<String> names, Path file) {
        for (String name : names) {
            if (!schema.containsField(name)) {
                String needed =
                        String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
                throw new InvalidInputException(
                        file + " has no column " + name + "; legal: " + needed + " among its columns, which are "
                                + schema.getFields().stream().map(Type::getName).toList());
            }
        }
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
