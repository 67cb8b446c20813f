import { secretValue } from "../../../src/detect/recognisers/secret-value.ts";
import { examples } from "./_examples.ts";

examples(secretValue, {
  found: [
    "//registry.example/:_authToken=⟦c0ffee12-aaaa-4bbb-8ccc-0123456789ab⟧",
    '<add key="ApiKey" value="⟦Zk29xPq81mLr7Tq2⟧" />',
    "SECRET_KEY = '⟦django-unsafe-5&0x@q8!z#m2$k9w^v7b1n4c6x3l⟧'",
    "MISTRAL_API_KEY=⟦Ab3dEf6hIj9lMn2pQr5tUv8x⟧",
    '"clientSecret": "⟦q8Z~1a2B3c4D5e6F7g8H9i0J⟧"',
    "aws_secret_access_key = ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧",
    "AccountKey=⟦Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==⟧",
    "my API key is ⟦Ab3dEf6hIj9lMn2pQr5tUv8x⟧",
    "Authorization: Bearer ⟦Ab3dEf6hIj9lMn2pQr5t⟧",
    '{\\"api_key\\":\\"⟦Ab3dEf6hIj9lMn2pQr5t⟧\\"}',
    '-H "Authorization: Bearer ⟦Ab3dEf6hIj9lMn2pQr5t⟧"',
    '{"Authorization": "Bearer ⟦Ab3dEf6hIj9lMn2pQr5t⟧"}',
    "token: ⟦550e8400-e29b-41d4-a716-446655440000⟧",
    "CLIENT_SECRET=⟦v1.9f8e7d6c5b4a3f2e1d0c⟧",
    "api_key=⟦kQ3_vX9pLm.Zr7TbYw2Hd⟧",
  ],
  passed: [
    "primary_key=Ab3dEf6hIj9lMn2pQr5tUv8x",
    "token = get_the_token_from_somewhere",
    "api_key: your_api_key_1234567890abc",
    "key: aaaaaaaaaaaaaaaa1",
    "the key /usr/share/keyrings/archive2.gpg",
    "public_key=Ab3dEf6hIj9lMn2pQr5tUv8x",
    "--recv-keys 5BE8A3F6C8A5C01D106C0AD820B1A390B168D356",
    "public key 04a1b2c3d4e5f60718293a4b5c6d7e8f",
    '"key": "550e8400-e29b-41d4-a716-446655440000"',
    "decoded_key = base64.b64decode(data)",
    "private_key: ed25519.Ed25519PrivateKey,",
    "evp_pkey = self._backend._lib.d2i_PUBKEY_bio(x)",
    "values[key] = _convert_to_py27_type(value)",
  ],
});
