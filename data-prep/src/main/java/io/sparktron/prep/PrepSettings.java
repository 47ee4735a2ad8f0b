package io.sparktron.prep;

import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.pack.BlendSettings;
import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.quality.QualitySettings;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What data preparation shall do, room by room. The comment of each component gives its key on the command line; a value that is not legal is an
 * {@link InvalidInputException}.
 *
 * @param sources {@code prep.sources}, or {@code prep.input} for one without a name: the corpus
 * @param output {@code prep.output}: folder that receives {@code train}, {@code validation} and {@code report.json}
 * @param clean what is done to the text
 * @param minimumCharacters {@code prep.minimum-characters}: documents with fewer (after normalisation, in code points) are dropped
 * @param quality which documents are good enough
 * @param duplicates how duplicates are found
 * @param contamination which evaluation texts are taken out
 * @param pack how documents become samples
 * @param stages where the tables between are stored
 */
public record PrepSettings(
        List<SourceSettings> sources,
        String output,
        CleanSettings clean,
        int minimumCharacters,
        QualitySettings quality,
        DuplicateSettings duplicates,
        ContaminationSettings contamination,
        PackSettings pack,
        StageSettings stages)
        implements Serializable {
    public PrepSettings {
        sources = List.copyOf(sources);
        require(!sources.isEmpty(), "prep.sources", sources, "at least one source, or prep.input");
        Set<String> names = new HashSet<>();
        for (SourceSettings source : sources) {
            require(names.add(source.name()), "prep.sources: name", source.name(), "a name for each source");
        }
        require(!output.isBlank(), "prep.output", output, "a folder");
        blend(sources, pack);
        require(minimumCharacters >= 1, "prep.minimum-characters", minimumCharacters, "a whole number from 1 on");
    }

    /** All inputs of all sources, as they were given. */
    public List<String> input() {
        return sources.stream().flatMap(source -> source.input().stream()).toList();
    }

    /** The shares of the sources in the training split. */
    public BlendSettings blend() {
        return blend(sources, pack);
    }

    private static BlendSettings blend(List<SourceSettings> sources, PackSettings pack) {
        return new BlendSettings(
                sources.stream().map(SourceSettings::name).toList(),
                sources.stream()
                        .map(SourceSettings::weight)
                        .filter(Objects::nonNull)
                        .toList(),
                pack.blendTokens());
    }

    /**
     * All that has a part in the result, by key.
     *
     * @param vocabulary that was given, where one was
     */
    Map<String, String> asMap(Optional<WordPieceVocabulary> vocabulary) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < sources.size(); i++) {
            SourceSettings source = sources.get(i);
            map.put(source.key("format"), source.format().toString());
            map.put(source.key("text-field"), source.textField());
            if (sources.size() > 1) {
                map.put(source.key("place"), Integer.toString(i));
                map.put(source.key("weight"), String.valueOf(source.weight()));
                map.put(source.key("priority"), Integer.toString(source.priority()));
            }
        }
        map.put("prep.minimum-characters", Integer.toString(minimumCharacters));
        clean.asMap().forEach((key, value) -> map.put("prep.clean." + key, value));
        map.putAll(quality.asMap());
        map.putAll(duplicates.asMap());
        if (!contamination.isOff()) {
            contamination.asMap().forEach((key, value) -> map.put("prep.decontaminate." + key, value));
        }
        map.putAll(pack.asMap());
        vocabulary.ifPresent(given -> map.put("prep.vocabulary-file", "SHA-256 " + given.sha256()));
        return map;
    }

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
