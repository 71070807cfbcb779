package io.tenure.notification.letter;

import io.smallrye.config.ConfigMapping;

/** {@code tenure.letter}: the sender of letters. */
@ConfigMapping(prefix = "tenure.letter")
interface LetterConfig {

    /** The provider's name, as customers know it. */
    String provider();

    /** Whom a customer may ask, for example an address or a telephone number. */
    String support();
}
