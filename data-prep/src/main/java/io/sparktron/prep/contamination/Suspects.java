package io.sparktron.prep.contamination;

import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The documents that share an n-gram with an evaluation text, with their text, so that what becomes of them can be decided again, under other
 * settings, without the corpus. Few of a usual corpus.
 */
public final class Suspects {
    /** Raised whenever the rows change for equal input and settings. */
    public static final int VERSION = 1;

    /** {@code ngrams}: numbers of the distinct evaluation n-grams in the document, ascending; a number holds for one set of evaluation texts. */
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("text", DataTypes.StringType, false)
            .add("ngrams", DataTypes.createArrayType(DataTypes.IntegerType, false), false);

    private Suspects() {}

    /**
     * @param documents columns {@code id} and {@code text}
     * @param evaluation columns {@code location} and {@code text}
     */
    public static Dataset<Row> from(Dataset<Row> documents, Dataset<Row> evaluation, ContaminationSettings settings) {
        if (settings.isOff()) {
            return documents.sparkSession().emptyDataset(Encoders.row(SCHEMA));
        }
        EvaluationNGrams ngrams = ngrams(evaluation, settings);
        return documents
                .select("id", "text")
                .where(functions.col("text").isNotNull())
                .flatMap(new Search(broadcast(documents, ngrams)), Encoders.row(SCHEMA));
    }

    static EvaluationNGrams ngrams(Dataset<Row> evaluation, ContaminationSettings settings) {
        return EvaluationNGrams.of(EvaluationTexts.collect(evaluation), settings.ngram(), settings.shortest());
    }

    static <T> Broadcast<T> broadcast(Dataset<Row> beside, T value) {
        return JavaSparkContext.fromSparkContext(beside.sparkSession().sparkContext())
                .broadcast(value);
    }

    private record Search(Broadcast<EvaluationNGrams> evaluation) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            String text = document.getString(1);
            BitSet seen = new BitSet();
            evaluation.value().find(text, (ngram, from, to) -> seen.set(ngram));
            return seen.isEmpty()
                    ? Collections.emptyIterator()
                    : List.of(RowFactory.create(
                                    document.getLong(0),
                                    text,
                                    seen.stream().boxed().toArray(Integer[]::new)))
                            .iterator();
        }
    }
}
