package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** The two columns of a GPT token dataset inside whatever schema a file has. */
final class SampleSchema {
    static final String SAMPLE = "sample";
    static final String TOKENS = "tokens";

    private SampleSchema() {}

    /** The part of a file's schema that holds {@code sample} INT64 and {@code tokens}, a list of INT32 in either of Parquet's encodings. */
    static MessageType project(MessageType schema, Path file) {
        Type sample = field(schema, SAMPLE, file);
        Type tokens = field(schema, TOKENS, file);
        require(isPrimitive(sample, PrimitiveTypeName.INT64), file, SAMPLE, sample, "INT64");
        require(isPrimitive(onlyLeaf(tokens), PrimitiveTypeName.INT32), file, TOKENS, tokens, "a list of INT32");
        return new MessageType(schema.getName(), sample, tokens);
    }

    private static Type field(MessageType schema, String name, Path file) {
        if (!schema.containsField(name)) {
            throw new InvalidInputException(file + " has no column " + name + "; it has "
                    + schema.getFields().stream().map(Type::getName).toList());
        }
        return schema.getType(name);
    }

    /** The leaf below a chain of groups of one field each, or null. */
    private static Type onlyLeaf(Type type) {
        Type inner = type;
        while (!inner.isPrimitive()) {
            GroupType group = inner.asGroupType();
            if (group.getFieldCount() != 1) {
                return null;
            }
            inner = group.getType(0);
        }
        return inner == type && !type.isRepetition(Type.Repetition.REPEATED) ? null : inner;
    }

    private static boolean isPrimitive(Type type, PrimitiveTypeName name) {
        return type != null && type.isPrimitive() && type.asPrimitiveType().getPrimitiveTypeName() == name;
    }

    private static void require(boolean legal, Path file, String column, Type type, String expected) {
        if (!legal) {
            throw new InvalidInputException(
                    file + " has column " + column + " of type " + type + ", must be " + expected);
        }
    }
}
