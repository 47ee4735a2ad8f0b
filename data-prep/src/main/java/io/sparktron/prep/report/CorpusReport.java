package io.sparktron.prep.report;

import java.util.List;

/**
 * What the ledger says of a corpus as a whole: the numbers behind {@code report.html}, also part of {@code report.json}. Characters are Unicode code points
 * after cleaning; a document that could not be read has none.
 *
 * @param funnel the stages in their order, with what each dropped and left
 * @param sources in the order of the configuration
 * @param lengths documents by GPT-2 tokens; bins double
 * @param languages most frequent first; rare ones are summed up as {@value #OTHERS}
 * @param groups documents of which all but one were dropped as duplicates, by size of the group
 * @param rules what dropped documents, by stage and then by number of documents
 */
public record CorpusReport(
        List<Stage> funnel,
        List<Source> sources,
        List<Bin> lengths,
        List<Language> languages,
        List<Group> groups,
        List<Rule> rules) {
    public static final String OTHERS = "others";

    /**
     * @param name as the ledger calls it
     * @param documents that it dropped
     * @param characters of those
     * @param documentsLeft after it
     * @param charactersLeft of those
     */
    public record Stage(String name, long documents, long characters, long documentsLeft, long charactersLeft) {}

    /**
     * @param tokens in the splits, copies included
     */
    public record Source(
            String name, long documents, long characters, long keptDocuments, long keptCharacters, long tokens) {}

    /**
     * @param from fewest tokens
     * @param to most tokens
     */
    public record Bin(long from, long to, long kept, long dropped) {}

    /** @param name ISO 639-1 code, {@code unknown} or {@value #OTHERS} */
    public record Language(String name, long kept, long dropped) {}

    /**
     * @param from fewest documents of a group, its survivor included
     * @param to most documents
     * @param groups how many there are
     * @param dropped documents of them that were dropped
     */
    public record Group(long from, long to, long groups, long dropped) {}

    /**
     * @param threshold that the value was held against; null where there is none
     * @param examples at most three of its documents
     */
    public record Rule(String stage, String rule, Double threshold, long documents, List<Example> examples) {
        public Rule {
            examples = List.copyOf(examples);
        }
    }

    /**
     * A document that was dropped.
     *
     * @param location file and place
     * @param value what was measured; null if nothing was
     * @param text its beginning; null if it has none
     * @param survivorLocation of the document that was kept instead; null if there is none
     * @param survivorText its beginning
     */
    public record Example(String location, Double value, String text, String survivorLocation, String survivorText) {}

    public CorpusReport {
        funnel = List.copyOf(funnel);
        sources = List.copyOf(sources);
        lengths = List.copyOf(lengths);
        languages = List.copyOf(languages);
        groups = List.copyOf(groups);
        rules = List.copyOf(rules);
    }
}
