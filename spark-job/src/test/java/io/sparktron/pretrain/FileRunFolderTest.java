package io.sparktron.pretrain;

import io.sparktron.storage.Place;
import java.nio.file.Path;

class FileRunFolderTest extends RunFolderSuite {
    @Override
    Place place(Path local) {
        return Place.local(local);
    }
}
