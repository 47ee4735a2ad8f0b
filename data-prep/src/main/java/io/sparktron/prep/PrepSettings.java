package io.sparktron.prep;

import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What data preparation shall do, room by room. The comment of each component gives its key on the command line; a value that is not legal is an
 * {@link InvalidInputException}.
 *
 * @param sources {@code prep.sources}, or {@code prep.input} for one without a name: the corpus
 * @param output {@code prep.output}: folder that receives {@code train}, {@code validation} and {@code report.json}
 * @param minimumCharacters {@code prep.minimum-characters}: documents with fewer (after normalisation, in code points) are dropped
 * @param pack how documents become samples
 */
public record PrepSettings(List<SourceSettings> sources, String output, int minimumCharacters, PackSettings pack)
        implements Serializable {
    public PrepSettings {
        sources = List.copyOf(sources);
        require(!sources.isEmpty(), "prep.sources", sources, "at least one source, or prep.input");
        Set<String> names = new HashSet<>();
        for (SourceSettings source : sources) {
            require(names.add(source.name()), "prep.sources: name", source.name(), "a name for each source");
        }
        require(!output.isBlank(), "prep.output", output, "a folder");
        require(minimumCharacters >= 1, "prep.minimum-characters", minimumCharacters, "a whole number from 1 on");
    }

    /** All inputs of all sources, as they were given. */
    public List<String> input() {
        return sources.stream().flatMap(source -> source.input().stream()).toList();
    }

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
