import { Format } from 'typebox/format';
import { isOsVersion, isSecurityPatchLevel } from '../../domain/vocabulary/osVersion.ts';

// The domain's formats, in addition to those of `base/validation/formats.ts`. Every schema that uses one imports this
// file.
Format.Set('os-version', isOsVersion);
Format.Set('security-patch-level', isSecurityPatchLevel);
