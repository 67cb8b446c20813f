import { password } from "../../../src/detect/recognisers/password.ts";
import { examples } from "./_examples.ts";

examples(password, {
  found: [
    "password: ⟦hunter2!⟧",
    "Passwort = ⟦Gehe1m99⟧",
    "mot de passe : ⟦S3cr3t-de-Paris⟧.",
    '"db_password": "⟦correct7horse⟧"',
    "My password is ⟦Tr0ub4dor&3⟧.",
    "das Passwort für das WLAN ist ⟦Ente8617!⟧.",
    "the password for our router is ⟦Hunter22x⟧",
    "mot de passe du wifi : ⟦Sol3il99⟧",
    "contraseña: ⟦Clav3segura⟧",
    "hasło: ⟦Taj3mnica9⟧",
    "- **Password:** ⟦hunter2!x⟧",
    "<password>⟦hunter2!x⟧</password>",
    "MOT_DE_PASSE=⟦S3cr3tParis⟧",
    '"motDePasse":"⟦S3cr3tParis⟧"',
    '"contrasena": "⟦Clav3segura⟧"',
    "palavra_passe = ⟦Chav3segura⟧",
    '{\\"password\\": \\"⟦hunter2!⟧\\"}',
  ],
  passed: [
    "if (password>minimum8) return",
    "the password is required",
    "password: string",
    "let pass = try!(x)",
    'password = os.environ["PW"]',
    "password: <your password>",
    "the password for the account is stored",
    "the password for user 12 is needed: see 3.4",
    "password of the day is on page 12b",
    "password=$DB_PASSWORD",
    "pass: &str",
    "password = base64.b16encode(random_bytes)",
    "passport",
  ],
});
