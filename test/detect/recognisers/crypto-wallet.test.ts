import { cryptoWallet } from "../../../src/detect/recognisers/crypto-wallet.ts";
import { examples } from "./_examples.ts";

examples(cryptoWallet, {
  found: [
    "⟦1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧",
    "⟦3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy⟧",
    "⟦bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq⟧",
    "⟦bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0⟧",
    "⟦0x52908400098527886E0F7030069857D2E4169EE7⟧",
  ],
  passed: [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mda",
    "0x0000000000000000000000000000000000000000",
    "52908400098527886E0F7030069857D2E4169EE7",
  ],
});
