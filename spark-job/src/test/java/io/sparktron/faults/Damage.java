package io.sparktron.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** What becomes of a file. */
enum Damage {
    FLIPPED_BIT {
        @Override
        byte[] of(byte[] content, RandomGenerator random) {
            content[content.length - 1 - random.nextInt(content.length / 2)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            return content;
        }
    },
    CUT_SHORT {
        @Override
        byte[] of(byte[] content, RandomGenerator random) {
            return Arrays.copyOf(content, random.nextInt(content.length));
        }
    },
    MISSING {
        @Override
        byte[] of(byte[] content, RandomGenerator random) {
            return null;
        }
    };

    /** The content afterwards; null for no file. */
    abstract byte[] of(byte[] content, RandomGenerator random);

    void to(Path file, RandomGenerator random) throws IOException {
        byte[] content = of(Files.readAllBytes(file), random);
        if (content == null) {
            Files.delete(file);
        } else {
            Files.write(file, content);
        }
    }
}
