import { password } from "../../../src/detect/recognisers/password.ts";
import { examples } from "./_examples.ts";

examples(password, {
  found: [
    "password: ⟦hunter2!⟧",
    "Passwort = ⟦Gehe1m99⟧",
    "mot de passe : ⟦S3cr3t-de-Paris⟧.",
    '"db_password": "⟦correct7horse⟧"',
    "My password is ⟦Tr0ub4dor&3⟧.",
    "contraseña: ⟦Clav3segura⟧",
    "hasło: ⟦Taj3mnica9⟧",
    '{\\"password\\": \\"⟦hunter2!⟧\\"}',
  ],
  passed: [
    "the password is required",
    "password: string",
    "let pass = try!(x)",
    'password = os.environ["PW"]',
    "password: <your password>",
    "password=$DB_PASSWORD",
    "pass: &str",
    "password = base64.b16encode(random_bytes)",
    "passport",
  ],
});
