package io.sparktron.prep.pack;

import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * The tokenizer of a token stream, for tasks.
 *
 * @param name of one that its name describes
 * @param vocabulary of one that was trained; else null
 */
record StreamTokenizer(String name, Broadcast<BytePairVocabulary> vocabulary) implements Serializable {
    Tokenizer get() {
        return vocabulary == null ? Tokenizers.named(name) : new BytePairTokenizer(vocabulary.value());
    }
}
