package io.sparktron.pretrain;

import io.sparktron.storage.Place;
import java.nio.file.Path;

class ObjectRunFolderTest extends RunFolderSuite {
    @Override
    Place place(Path local) {
        return Place.objects();
    }
}
