import { Format } from 'typebox/format';
import { isOsVersion, isSecurityPatchLevel } from '../../domain/vocabulary/osVersion.ts';

// The formats of the domain, beside those of `base/validation/formats.ts`. Every schema that uses one imports this
// file.
Format.Set('os-version', isOsVersion);
Format.Set('security-patch-level', isSecurityPatchLevel);
