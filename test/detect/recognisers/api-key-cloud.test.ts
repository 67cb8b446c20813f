import { apiKeyCloud } from "../../../src/detect/recognisers/api-key-cloud.ts";
import { examples } from "./_examples.ts";

examples(apiKeyCloud, {
  found: [
    "x-goog-api-key: ⟦AQ.Ab8RN6Gq_bGfZCEmNQeAybDhVm6pWQUT34YMeSaBBl-XFE0aQt⟧",
    "⟦AKIA1234567890ABCDEF⟧",
    "⟦AIzaSyA1234567890abcdefghijklmnopqrstuvw⟧",
    "⟦pul-874bdfc0115f2d53b3edfa342d777e91ac3234e9⟧",
    "⟦dp.pt.phWFx5JTe7DXre4zo2FUJFSDpzsxcw5EDLjCkKO5KdF⟧",
    "⟦pscale_tkn_rRHnDYB0vG3qN0cttQKslBBDr6w1F6XCX5Q4o9T1mRw⟧",
    "sv=2022-11-02&⟦sig=Jf8Gk3l2Kf9Lq0w8e7r6t5y4u3i2o1p0AaSsDdFfGgh%3D⟧",
    "⟦AKIAIOSFODNN7EXAMPLE⟧",
    "⟦AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q⟧",
    "⟦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⟧",
    "⟦hvs.CAESIJ1a2b3c4d5e6f7g8h9i0j1k2l3m⟧",
  ],
  passed: ["AKIAIOSFODNN7", "AKIA00000000000000000"],
});
